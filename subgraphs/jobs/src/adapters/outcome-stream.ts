import type { Log, Redis } from '@assay/kit';
import { type Outcome, outcomeShard, redisKeys } from '@assay/wire';

const KEPT = 100_000;

/** Tells reputation what happened. Outcomes are written in the background: a job never waits for its own score. */
export function createOutcomeStream(redis: Redis, log: Log): (outcome: Outcome) => void {
  return (outcome) => {
    const key = redisKeys.outcomes(outcomeShard(outcome.providerId));
    redis
      .xAdd(
        key,
        '*',
        { outcome: JSON.stringify(outcome) },
        { TRIM: { strategy: 'MAXLEN', strategyModifier: '~', threshold: KEPT } },
      )
      .catch((error: unknown) => log.warn({ err: error, jobId: outcome.jobId }, 'outcome lost'));
  };
}
