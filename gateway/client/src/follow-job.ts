import type { Hex, JobEvent } from '@assay/wire';
import type { GraphqlLink, StreamResult } from './graphql-link.ts';
import { JOB_EVENTS, parseJobEvent } from './job-event.ts';
import { RemoteError } from './remote-error.ts';

export interface FollowOptions {
  /** Events after this seq; 0 for all. */
  readonly after?: number;
  /** Stops following. The job goes on. */
  readonly signal?: AbortSignal;
  /** Gives up after this long without any event or connection. */
  readonly patienceMs?: number;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Every event of a job exactly once and in order, to its terminal one. A cut connection, a restarted gateway and
 * a stream closed for slowness are all resumed after the last event seen. Throws a RemoteError for what will not pass.
 */
export async function* followJob(
  link: GraphqlLink,
  jobId: Hex,
  options: FollowOptions = {},
): AsyncGenerator<JobEvent, void> {
  const { signal, patienceMs = 60_000 } = options;
  let seen = options.after ?? 0;
  let pause = FIRST_PAUSE_MS;
  let progressAt = Date.now();
  while (!signal?.aborted) {
    try {
      for await (const event of eventsOnce(link, { jobId, after: seen, signal })) {
        if (event.seq <= seen) continue;
        if (event.seq > seen + 1) break; // something is missing: ask again from what was seen
        seen = event.seq;
        pause = FIRST_PAUSE_MS;
        progressAt = Date.now();
        yield event;
        if (isTerminal(event)) return;
      }
    } catch (error) {
      if (!isPassing(error) || Date.now() - progressAt > patienceMs) throw explained(error);
    }
    await wait(pause, signal);
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
  }
}

interface Following {
  readonly jobId: Hex;
  readonly after: number;
  readonly signal: AbortSignal | undefined;
}

/** The events of one connection, as long as it lasts. */
async function* eventsOnce(link: GraphqlLink, following: Following): AsyncGenerator<JobEvent> {
  const { jobId, after, signal } = following;
  const results = link.stream(JOB_EVENTS, { jobId, after });
  const leave = () => void results.return?.();
  signal?.addEventListener('abort', leave, { once: true });
  try {
    for await (const result of results) {
      if (signal?.aborted) return;
      yield eventOf(result);
    }
  } finally {
    signal?.removeEventListener('abort', leave);
    await results.return?.();
  }
}

function eventOf({ data, errors }: StreamResult): JobEvent {
  const [fault] = errors ?? [];
  if (fault !== undefined) throw new RemoteError(fault);
  return parseJobEvent(data?.jobEvents as Record<string, unknown>);
}

export function isTerminal({ kind }: JobEvent): boolean {
  return kind === 'JobCompleted' || kind === 'JobFailed' || kind === 'JobCancelled';
}

/** Whether trying again can help: a lost connection, or an error that says so. */
function isPassing(error: unknown): boolean {
  if (error instanceof RemoteError) return error.retryable;
  if (Array.isArray(error)) return false;
  const code = (error as { code?: unknown } | null)?.code;
  const refused = typeof code === 'number' && code >= 4400 && code < 4500;
  return !refused && !(error instanceof TypeError);
}

/** A WebSocket gives its close event, a refused operation its list of errors: here both are RemoteErrors. */
function explained(error: unknown): unknown {
  if (error instanceof Error) return error;
  if (Array.isArray(error)) return new RemoteError(error[0]);
  const { code, reason } = (error ?? {}) as { code?: number; reason?: string };
  const isRefusal = code === 4401;
  return new RemoteError({
    message: `The connection was closed (${code ?? 'unknown'} ${reason ?? ''}).`,
    extensions: { assayCode: isRefusal ? 'I105' : 'G805', retryable: !isRefusal },
  });
}

function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal?.addEventListener('abort', finish, { once: true });
    if (signal?.aborted) finish();
  });
}
