import type { Redis } from '@assay/kit';
import { amountText, type Hex, JOB_STATUSES, type JobEvent, redisKeys } from '@assay/wire';
import { z } from 'zod';
import { days, minutes } from '../../domain/durations.ts';
import type { JobRecord } from '../../domain/job-record.ts';
import type { JobStore } from '../../domain/job-store.ts';
import { decodeJobEvent, encodeJobEvent, receiptsSchema } from './job-event-codec.ts';

const METADATA_MS = days(30);
const OUTPUT_MS = minutes(10);
/** While a job runs its keys live this long after the last write. */
const RUNNING_MS = minutes(60);

const hex = z.custom<Hex>((value) => typeof value === 'string' && /^0x[0-9a-f]*$/.test(value));
const amount = amountText.transform(BigInt);
const recordSchema = z.object({
  id: hex,
  sessionId: hex,
  tokenHash: hex,
  payer: hex,
  modelId: hex,
  createdAt: z.number(),
  status: z.enum(JOB_STATUSES),
  attempts: z.number(),
  provider: hex.optional(),
  finishedAt: z.number().optional(),
  units: amount.optional(),
  price: amount.optional(),
  latencyMs: z.number().optional(),
  receipts: receiptsSchema,
  rating: z.number().optional(),
});

const encodeRecord = (record: JobRecord): string =>
  JSON.stringify(record, (_, value) => (typeof value === 'bigint' ? `${value}` : value));

/** Jobs and their event streams in Redis. Entry ids are `seq-0`, so a second writer of the same seq fails. */
export function createJobStore(redis: Redis): JobStore {
  async function append(record: JobRecord, events: readonly JobEvent[]): Promise<void> {
    const [stateKey, eventsKey] = [redisKeys.job(record.id), redisKeys.jobEvents(record.id)];
    const transaction = redis.multi();
    for (const event of events)
      transaction.xAdd(eventsKey, `${event.seq}-0`, { event: encodeJobEvent(event) });
    transaction.hSet(stateKey, { json: encodeRecord(record), status: record.status });
    if (record.finishedAt !== undefined || record.status === 'QUEUED') {
      const finished = record.finishedAt !== undefined;
      transaction.pExpire(eventsKey, finished ? OUTPUT_MS : RUNNING_MS);
      transaction.pExpire(stateKey, METADATA_MS);
    }
    transaction.publish(redisKeys.jobEvents(record.id), `${events.at(-1)?.seq ?? 0}`);
    await transaction.exec();
  }

  return {
    append,
    async save(record) {
      await redis.hSet(redisKeys.job(record.id), { json: encodeRecord(record) });
    },
    async find(jobId) {
      const json = await redis.hGet(redisKeys.job(jobId), 'json');
      if (!json) return undefined;
      return recordSchema.parse(JSON.parse(json)) as JobRecord;
    },
    async events(jobId, after, limit) {
      const entries = await redis.xRange(redisKeys.jobEvents(jobId), `${after + 1}-0`, '+', {
        COUNT: limit,
      });
      return (entries ?? []).map(({ message }) => decodeJobEvent(String(message.event)));
    },
    async saveRoute(jobId, json) {
      await redis.set(redisKeys.jobRoute(jobId), json, {
        expiration: { type: 'PX', value: METADATA_MS },
      });
    },
    route: (jobId) => redis.get(redisKeys.jobRoute(jobId)),
  };
}
