import {
  AssayError,
  type Hex,
  type Identity,
  type Intent,
  type JobEvent,
  type JobPayload,
  type JobsPort,
} from '@assay/wire';

export const TEST_JOB: Hex = `0x${'1'.repeat(64)}`;
type Kind = JobEvent['kind'];
type Body<K extends Kind> = Omit<Extract<JobEvent, { kind: K }>, 'kind' | 'jobId' | 'seq' | 'at'>;

/** One step of a scripted job; seq and time are filled in. */
export function step<K extends Kind>(kind: K, body: Body<K>): JobEvent {
  return { kind, jobId: TEST_JOB, seq: 0, at: 0, ...body } as unknown as JobEvent;
}

export const completed = (units: bigint, price = 7n): JobEvent =>
  step('JobCompleted', { receipts: [], units, price, latencyMs: 1, voucherDue: [] });

export interface Submission {
  readonly intent: Intent;
  readonly payload: JobPayload;
  readonly identity: Identity;
}

export interface ScriptedJobs extends JobsPort {
  readonly submissions: Submission[];
  readonly cancelled: Hex[];
  /** Resolves at the next cancel. */
  nextCancel(): Promise<Hex>;
}

/** A job market that plays the same script for every job; a script that ends without a terminal event hangs. */
export function scriptedJobs(
  script: (submission: Submission) => readonly JobEvent[],
): ScriptedJobs {
  const submissions: Submission[] = [];
  const cancelled: Hex[] = [];
  const cancelling = Promise.withResolvers<Hex>();
  return {
    submissions,
    cancelled,
    nextCancel: () => cancelling.promise,
    submit(intent, payload, identity) {
      const submission = { intent, payload, identity };
      submissions.push(submission);
      return play(() => {
        if (identity.tokenHash === undefined) throw new AssayError('I105');
        return [step('JobQueued', {}), ...script(submission)];
      });
    },
    events: () => play(() => []),
    async cancel(jobId) {
      cancelled.push(jobId);
      cancelling.resolve(jobId);
    },
  };
}

function play(script: () => readonly JobEvent[]): AsyncIterable<JobEvent> {
  let events: readonly JobEvent[] | undefined;
  let seq = 0;
  const left = Promise.withResolvers<IteratorResult<JobEvent>>();
  const iterator: AsyncIterableIterator<JobEvent> = {
    async next() {
      events ??= script();
      const event = events[seq];
      if (event !== undefined) {
        seq += 1;
        return { done: false, value: { ...event, seq } };
      }
      const isOver = ['JobCompleted', 'JobFailed', 'JobCancelled'].includes(
        events.at(-1)?.kind ?? '',
      );
      return isOver ? { done: true, value: undefined } : left.promise;
    },
    async return() {
      left.resolve({ done: true, value: undefined });
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
  return iterator;
}
