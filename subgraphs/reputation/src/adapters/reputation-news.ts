import { createBroadcast, type IndexClient, type Log, type Redis } from '@assay/kit';
import { type Address, redisKeys } from '@assay/wire';
import { z } from 'zod';
import type { ActivityEvent, ReputationNews, ScoreUpdate } from '../domain/reputations.ts';
import { hex, reference, seconds } from './index-shapes.ts';

export interface ClosableNews extends ReputationNews {
  close(): Promise<void>;
}

const updatesSchema = z.object({
  updates: z.array(
    z.object({
      providerId: z.string().transform((value) => value as Address),
      score: z.number(),
      reason: z.string(),
      at: z.number(),
    }),
  ),
});
const activitySchema = z.object({
  activities: z.array(
    z
      .object({
        id: hex,
        kind: z.string(),
        at: seconds,
        block: z.string().transform(Number),
        transaction: hex,
        provider: reference.nullable(),
        amount: z.string().nullable(),
      })
      .transform(({ provider, amount, ...event }) => ({
        ...event,
        providerId: provider ?? undefined,
        amount: amount === null ? undefined : BigInt(amount),
      })),
  ),
});
const ACTIVITY = `query ($after: BigInt!) {
  activities(first: 1000, where: { block_gt: $after }, orderBy: block) {
    id kind at block transaction provider { id } amount
  }
}`;
const NEWEST = '{ activities(first: 1, orderBy: block, orderDirection: desc) { id } }';
const POLL_MS = 250;

/** Score updates arrive by Redis from whoever leads; activity is read from the index while anybody listens. */
export async function createReputationNews(
  redis: Redis,
  index: IndexClient,
  log: Log,
): Promise<ClosableNews> {
  const scores = createBroadcast<ScoreUpdate>();
  const watch = createActivityWatch(index, log);
  const subscriber = redis.duplicate();
  subscriber.on('error', () => {}); // the connection it duplicates logs losses
  await subscriber.connect();
  await subscriber.subscribe(redisKeys.scoresChannel, (message) => {
    const parsed = updatesSchema.safeParse(JSON.parse(message));
    if (!parsed.success) log.warn('malformed score news');
    for (const update of parsed.data?.updates ?? []) scores.publish(update);
  });
  return {
    scores: () => scores.subscribe(),
    activity: () => watch.subscribe(),
    async close() {
      scores.close();
      watch.close();
      subscriber.destroy();
    },
  };
}

/** Polls only while somebody listens; a subscriber sees what is indexed after it came. */
function createActivityWatch(index: IndexClient, log: Log) {
  let timer: NodeJS.Timeout | undefined;
  let after: number | undefined;

  const news = createBroadcast<ActivityEvent>({
    onActive(active) {
      clearTimeout(timer);
      timer = undefined;
      after = undefined;
      if (active) void poll();
    },
  });
  const poll = async () => {
    try {
      if (after === undefined) after = (await index.query(NEWEST, {}, z.unknown())).block.number;
      else after = await deliver(after);
    } catch (error) {
      log.debug({ err: error }, 'activity could not be read');
    }
    if (news.subscribers > 0) timer = setTimeout(() => void poll(), POLL_MS);
  };
  const deliver = async (since: number): Promise<number> => {
    const { data, block, freshness } = await index.query(
      ACTIVITY,
      { after: `${since}` },
      activitySchema,
    );
    if (freshness.stale) return since;
    for (const event of data.activities) news.publish(event);
    // A reorg may have taken blocks back: what replaces them is news.
    return block.number;
  };
  return news;
}
