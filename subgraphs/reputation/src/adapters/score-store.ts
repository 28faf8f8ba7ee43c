import type { Redis } from '@assay/kit';
import { type Address, redisKeys, type ScoreSnapshot, scoreSnapshotSchema } from '@assay/wire';
import { z } from 'zod';
import type { Reputation } from '../domain/reputation.ts';
import type { ScoreUpdate } from '../domain/reputations.ts';
import type { HourlyState } from '../scoring/hourly-counts.ts';
import type { ScoreboardState } from '../scoring/scoreboard.ts';
import type { StreamPositions } from './outcome-reader.ts';

/** What a new leader goes on from: counts and the place in the streams up to which they count, in one value. */
export interface Checkpoint {
  readonly positions: StreamPositions;
  readonly scoreboard: ScoreboardState;
  readonly hours: HourlyState;
}

/** Scores and what explains them, in Redis. Only the leader writes. */
export interface ScoreStore {
  /** The explained standings of these providers, in one round trip. */
  reputations(providers: readonly Address[]): Promise<(Reputation | undefined)[]>;
  allReputations(): Promise<Map<Address, Reputation>>;
  snapshot(): Promise<ScoreSnapshot | undefined>;
  hours(): Promise<HourlyState>;
  checkpoint(): Promise<Checkpoint | undefined>;
  saveCheckpoint(checkpoint: Checkpoint): Promise<void>;
  /** Explanations first, then the snapshot, then the news of it. */
  publish(
    snapshot: ScoreSnapshot,
    moved: readonly Reputation[],
    updates: readonly ScoreUpdate[],
  ): Promise<void>;
}

const PROVIDER = 'provider:';
const CHECKPOINT = 'checkpoint';
const HOURS = 'hours';

/** Only reputation writes these; the shape is checked where another version of it may have written. */
const checkpointSchema = z.object({
  format: z.literal(1),
  positions: z.array(z.string()).length(16),
  scoreboard: z.custom<ScoreboardState>((value) => typeof value === 'object' && value !== null),
  hours: z.custom<HourlyState>(Array.isArray),
});

export function createScoreStore(redis: Redis): ScoreStore {
  const state = redisKeys.scoresState;
  return {
    async reputations(providers) {
      const fields = providers.map((id) => PROVIDER + id);
      return (await redis.hmGet(state, fields)).map(parseReputation);
    },
    async allReputations() {
      const fields = Object.entries(await redis.hGetAll(state));
      const known = fields
        .filter(([field]) => field.startsWith(PROVIDER))
        .map(([, json]) => parseReputation(json))
        .filter((reputation) => reputation !== undefined);
      return new Map(known.map((reputation) => [reputation.providerId, reputation]));
    },
    async snapshot() {
      const parsed = scoreSnapshotSchema.safeParse(parseJson(await redis.get(redisKeys.scores)));
      return parsed.success ? parsed.data : undefined;
    },
    async hours() {
      return z
        .custom<HourlyState>(Array.isArray)
        .parse(parseJson(await redis.hGet(state, HOURS)) ?? []);
    },
    async checkpoint() {
      const parsed = checkpointSchema.safeParse(parseJson(await redis.hGet(state, CHECKPOINT)));
      return parsed.success ? parsed.data : undefined;
    },
    async saveCheckpoint(checkpoint) {
      await redis.hSet(state, {
        [CHECKPOINT]: JSON.stringify({ format: 1, ...checkpoint }),
        [HOURS]: JSON.stringify(checkpoint.hours),
      });
    },
    async publish(snapshot, moved, updates) {
      const fields = moved.map((one) => [PROVIDER + one.providerId, JSON.stringify(one)] as const);
      if (fields.length > 0) await redis.hSet(state, Object.fromEntries(fields));
      await redis.set(redisKeys.scores, JSON.stringify(snapshot));
      if (updates.length === 0) return;
      const news = { version: snapshot.version, updates };
      await redis.publish(redisKeys.scoresChannel, JSON.stringify(news));
    },
  };
}

function parseReputation(json: string | null | undefined): Reputation | undefined {
  return (parseJson(json) as Reputation | null) ?? undefined;
}

function parseJson(json: string | null | undefined): unknown {
  return json == null ? null : JSON.parse(json);
}
