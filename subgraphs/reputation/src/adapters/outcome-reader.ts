import type { Log, Redis } from '@assay/kit';
import { OUTCOME_SHARDS, type Outcome, outcomeSchema, redisKeys } from '@assay/wire';

/** Where reading goes on, for each outcome stream. */
export type StreamPositions = readonly string[];

export const FROM_THE_START: StreamPositions = Array.from({ length: OUTCOME_SHARDS }, () => '0-0');

export interface OutcomeBatch {
  readonly outcomes: readonly Outcome[];
  readonly positions: StreamPositions;
}

const BATCH = 5_000;

/** The outcomes after these positions, in one round trip. Entries that are no outcome are logged and passed over. */
export async function readOutcomes(
  redis: Redis,
  positions: StreamPositions,
  log: Log,
): Promise<OutcomeBatch> {
  const replies = await Promise.all(
    positions.map((after, shard) =>
      redis.xRange(redisKeys.outcomes(shard), `(${after}`, '+', { COUNT: BATCH }),
    ),
  );
  const shards = replies.map((entries) => (entries ?? []).filter((entry) => entry !== null));
  const outcomes = shards.flat().flatMap(({ id, message }) => parseOutcome(id, message, log));
  const next = shards.map((entries, shard) => entries.at(-1)?.id ?? positions[shard] ?? '0-0');
  return { outcomes, positions: next };
}

function parseOutcome(id: string, message: Record<string, string>, log: Log): Outcome[] {
  try {
    return [outcomeSchema.parse(JSON.parse(message.outcome ?? 'null'))];
  } catch (error) {
    log.warn({ id, err: error }, 'outcome is malformed');
    return [];
  }
}
