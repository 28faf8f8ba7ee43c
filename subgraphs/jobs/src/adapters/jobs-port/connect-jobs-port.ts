import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import {
  AssayError,
  type ErrorCode,
  type Hex,
  IDENTITY_HEADER,
  type Identity,
  isErrorCode,
  type JobEvent,
  type JobsPort,
  signIdentity,
} from '@assay/wire';
import { decodeJobEvent } from '../events/job-event-codec.ts';
import { encodePortRequest } from './port-request.ts';
import { PORT_PATH } from './serve-jobs-port.ts';

/**
 * The job market of another process.
 *
 * @example const port = connectJobsPort({ url: 'http://jobs:4003', identitySecret });
 */
export function connectJobsPort(options: {
  readonly url: string;
  readonly identitySecret: string;
}): JobsPort {
  const { url, identitySecret } = options;
  const base = new URL(PORT_PATH, url).toString();
  const headersOf = (identity: Identity) => ({
    [IDENTITY_HEADER]: signIdentity(identity, identitySecret, Date.now()),
  });

  async function call(path: string, identity: Identity, init: RequestInit): Promise<Response> {
    const headers = headersOf(identity);
    return fetch(`${base}${path}`, { ...init, headers }).catch((cause: unknown) => {
      throw new AssayError('G805', { cause, details: { part: 'jobs' } });
    });
  }

  function follow(start: (signal: AbortSignal) => Promise<Response>): AsyncIterable<JobEvent> {
    return { [Symbol.asyncIterator]: () => readEvents(start) };
  }

  return {
    submit: (intent, payload, identity, options = {}) =>
      follow((signal) => {
        const body = encodePortRequest({ intent, payload, options });
        return call('', identity, { method: 'POST', body: new Uint8Array(body), signal });
      }),
    events: (jobId, after, identity) =>
      follow((signal) => call(`/${jobId}/events?after=${after}`, identity, { signal })),
    async cancel(jobId: Hex, identity) {
      const response = await call(`/${jobId}/cancel`, identity, { method: 'POST' });
      const text = await response.text();
      if (!response.ok) throw errorOf(text);
    },
  };
}

function readEvents(
  start: (signal: AbortSignal) => Promise<Response>,
): AsyncIterableIterator<JobEvent> {
  const abort = new AbortController();
  const source = linesOf(start, abort.signal);
  const done: IteratorResult<JobEvent> = { done: true, value: undefined };
  const iterator: AsyncIterableIterator<JobEvent> = {
    async next() {
      try {
        const line = await source.next();
        return line.done === true ? done : { done: false, value: eventOf(line.value) };
      } catch (error) {
        if (abort.signal.aborted) return done;
        throw error instanceof AssayError
          ? error
          : new AssayError('G805', { cause: error, details: { part: 'jobs' } });
      }
    },
    async return() {
      abort.abort();
      return done;
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}

async function* linesOf(
  start: (signal: AbortSignal) => Promise<Response>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const response = await start(signal);
  const decoder = new TextDecoder();
  let rest = '';
  if (response.body === null) return;
  for await (const part of Readable.fromWeb(response.body as ReadableStream)) {
    const lines = (rest + decoder.decode(part, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

const EVENT_PREFIX = '{"event":';

function eventOf(line: string): JobEvent {
  if (line.startsWith(EVENT_PREFIX)) return decodeJobEvent(line.slice(EVENT_PREFIX.length, -1));
  throw errorOf(line);
}

function errorOf(line: string): AssayError {
  try {
    const { error } = JSON.parse(line) as {
      error?: {
        code?: ErrorCode;
        details?: Record<string, unknown>;
        hint?: string;
        retryAfterMs?: number;
      };
    };
    if (!isErrorCode(error?.code)) return new AssayError('G800');
    const { code, details, hint, retryAfterMs } = error;
    return new AssayError(code, {
      ...(details === undefined ? {} : { details }),
      ...(hint === undefined ? {} : { hint }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  } catch {
    return new AssayError('G805', { details: { part: 'jobs' } });
  }
}
