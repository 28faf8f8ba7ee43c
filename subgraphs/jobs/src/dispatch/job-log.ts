import { AssayError, type EpochMs, isTerminal, type JobEvent } from '@assay/wire';
import { advanceJob } from '../domain/advance-job.ts';
import type { JobRecord } from '../domain/job-record.ts';
import type { JobStore } from '../domain/job-store.ts';
import { createFollower, type Follower } from './job-follower.ts';

type WithoutPlace<E> = E extends JobEvent ? Omit<E, 'jobId' | 'seq' | 'at'> : never;
/** An event before it has its place in the stream. */
export type EventDraft = WithoutPlace<JobEvent>;

/** The events of one running job: stored first, then seen by its followers. */
export interface JobLog {
  readonly record: JobRecord;
  /** Stored events, oldest first; index = seq - 1. */
  readonly events: readonly JobEvent[];
  emit(draft: EventDraft): void;
  /** Resolves when everything emitted so far is stored. */
  flushed(): Promise<void>;
  /** How many events wait to be stored. */
  readonly waiting: number;
  /** Resolves when the terminal event is stored, or nothing can be stored any more. */
  readonly ended: Promise<void>;
  follow(after: number): AsyncIterableIterator<JobEvent>;
}

export interface JobLogOptions {
  readonly record: JobRecord;
  readonly store: JobStore;
  readonly now: () => EpochMs;
  /** Nothing can be stored any more: followers were told, the job must stop. */
  readonly onBroken: (error: unknown) => void;
}

const STORE_TRIES = 6;
const RETRY_MS = 250;

export function createJobLog(options: JobLogOptions): JobLog {
  const { store, now } = options;
  const jobId = options.record.id;
  const events: JobEvent[] = [];
  const followers = new Set<Follower>();
  let record = options.record;
  let drafts: EventDraft[] = [];
  let writing: Promise<void> | undefined;
  let broken: AssayError | undefined;
  const end = Promise.withResolvers<void>();

  function place(taken: readonly EventDraft[]): { placed: JobEvent[]; after: JobRecord } {
    let after = record;
    const placed = mergeOutputs(taken).map((draft, index) => {
      const seq = events.length + index + 1;
      const event = { ...draft, jobId, seq, at: now() } as JobEvent;
      after = advanceJob(after, event);
      return event;
    });
    return { placed, after };
  }

  async function write(): Promise<void> {
    try {
      // What is emitted in the same turn is written together, and with whatever else the turn sends to Redis.
      await new Promise<void>((resolve) => process.nextTick(resolve));
      while (drafts.length > 0) await writeNext();
    } catch (error) {
      breakDown(error);
    } finally {
      // In the same step as the last look at `drafts`: an event emitted later starts the next write.
      writing = undefined;
    }
  }

  async function writeNext(): Promise<void> {
    const taken = drafts;
    drafts = [];
    const { placed, after } = place(taken);
    await storeSurely(after, placed);
    record = after;
    events.push(...placed);
    for (const follower of followers) follower.wake();
    if (isEnded(events)) end.resolve();
  }

  async function storeSurely(after: JobRecord, placed: readonly JobEvent[]): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await store.append(after, placed);
      } catch (cause) {
        if (await isStored(placed)) return;
        if (tries === STORE_TRIES)
          throw new AssayError('G805', { cause, details: { part: 'job events', jobId } });
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS * tries));
      }
    }
  }

  /** A failed write may have happened all the same: its answer was lost. */
  async function isStored(placed: readonly JobEvent[]): Promise<boolean> {
    const last = placed.at(-1)?.seq ?? 0;
    const found = await store.events(jobId, last - 1, 1).catch(() => []);
    return found.length > 0;
  }

  function breakDown(error: unknown): void {
    broken = error instanceof AssayError ? error : new AssayError('G800', { cause: error });
    for (const follower of followers) follower.fail(broken);
    end.resolve();
    options.onBroken(error);
  }

  return {
    get record() {
      return record;
    },
    events,
    ended: end.promise,
    get waiting() {
      return drafts.length;
    },
    emit(draft) {
      if (broken !== undefined) return;
      drafts.push(draft);
      writing ??= write();
    },
    flushed: () => writing ?? Promise.resolve(),
    follow(after) {
      const follower = createFollower({
        events,
        after,
        ended: () => isEnded(events),
        onClose: () => followers.delete(follower),
      });
      followers.add(follower);
      if (broken !== undefined) follower.fail(broken);
      return follower.iterator;
    },
  };
}

function isEnded(events: readonly JobEvent[]): boolean {
  const last = events.at(-1);
  return last !== undefined && isTerminal(last);
}

/** Pieces of text that wait together become one event. */
function mergeOutputs(drafts: readonly EventDraft[]): EventDraft[] {
  const merged: EventDraft[] = [];
  for (const draft of drafts) {
    const last = merged.at(-1);
    if (last !== undefined && isText(last) && isText(draft) && last.attempt === draft.attempt)
      merged[merged.length - 1] = { ...last, text: `${last.text}${draft.text}` };
    else merged.push(draft);
  }
  return merged;
}

function isText(draft: EventDraft): draft is Extract<EventDraft, { kind: 'JobOutput' }> {
  return draft.kind === 'JobOutput' && draft.text !== undefined && draft.tensors === undefined;
}
