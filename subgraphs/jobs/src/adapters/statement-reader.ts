import type { Redis } from '@assay/kit';
import { type Hex, redisKeys } from '@assay/wire';
import { z } from 'zod';
import type { StatementReader } from '../domain/statement.ts';
import type { StatementLine } from '../settlement/account-changes.ts';

const hex = z.custom<Hex>((value) => typeof value === 'string' && /^0x[0-9a-f]*$/.test(value));
const amount = z
  .string()
  .regex(/^-?[0-9]{1,40}$/)
  .transform(BigInt);
const lineSchema = z.object({
  at: z.number(),
  kind: z.enum(['DEPOSIT', 'TOP_UP', 'JOB', 'REFUND', 'WITHDRAWAL']),
  amount,
  balance: amount,
  jobId: hex.optional(),
  offerId: hex.optional(),
  units: amount.optional(),
  transaction: hex.optional(),
});
const MAX_LINES = 10_000;

const parseLine = (message: Record<string, unknown>) =>
  lineSchema.parse(JSON.parse(String(message.line))) as StatementLine;

/** Statement lines from the session's stream; its entry ids are times. */
export function createStatementReader(redis: Redis): StatementReader {
  return {
    async lines(sessionId, from, to) {
      const key = redisKeys.sessionLines(sessionId);
      const entries = await redis.xRange(key, `${from}`, `${to}`, { COUNT: MAX_LINES });
      return (entries ?? []).map(({ id, message }) => ({ cursor: id, line: parseLine(message) }));
    },
    async balanceBefore(sessionId, at) {
      const key = redisKeys.sessionLines(sessionId);
      const entries = await redis.xRevRange(key, `(${at}`, '-', { COUNT: 1 });
      const [entry] = entries ?? [];
      return entry === undefined ? 0n : parseLine(entry.message).balance;
    },
  };
}
