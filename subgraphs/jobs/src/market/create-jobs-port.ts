import type { JobEvent, JobsPort } from '@assay/wire';
import type { Market } from './market.ts';

/** The port of this process's own market: a function call. */
export function createJobsPort(market: Market): JobsPort {
  return {
    submit: (intent, payload, identity, options = {}) =>
      lazily(async () => {
        const job = await market.submit(intent, payload, identity, options);
        return market.events(job.id, 0, identity);
      }),
    events: (jobId, after, identity) => lazily(() => market.events(jobId, after, identity)),
    async cancel(jobId, identity) {
      await market.cancel(jobId, identity);
    },
  };
}

/** An iterator whose source opens with the first `next()`. `return()` before that opens nothing. */
function lazily(open: () => Promise<AsyncIterableIterator<JobEvent>>): AsyncIterable<JobEvent> {
  return {
    [Symbol.asyncIterator]() {
      let source: Promise<AsyncIterableIterator<JobEvent>> | undefined;
      const done: IteratorResult<JobEvent> = { done: true, value: undefined };
      let closed = false;
      return {
        async next() {
          if (closed) return done;
          source ??= open();
          return (await source).next();
        },
        async return() {
          closed = true;
          const opened = await source?.catch(() => undefined);
          await opened?.return?.();
          return done;
        },
      };
    },
  };
}
