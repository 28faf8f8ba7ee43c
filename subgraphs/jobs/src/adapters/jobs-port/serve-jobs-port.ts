import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  AssayError,
  type Hex,
  IDENTITY_HEADER,
  type Identity,
  identityVerifier,
  type JobEvent,
  type JobsPort,
  TENSOR_LIMITS,
} from '@assay/wire';
import { encodeJobEvent } from '../events/job-event-codec.ts';
import { decodePortRequest } from './port-request.ts';

/** Where the internal port is mounted. Only the gateway can sign the identity header it needs. */
export const PORT_PATH = '/internal/jobs';
const MAX_BODY = TENSOR_LIMITS.bytes + 1024 * 1024;

export type PortHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Serves a port over HTTP: `POST /internal/jobs`, `GET /internal/jobs/{id}/events?after=`, `POST /internal/jobs/{id}/cancel`.
 * Streams are lines of JSON, `{"event":…}`, `{"ping":1}` or a last `{"error":…}`.
 */
export function createPortHandler(port: JobsPort, secret: string): PortHandler {
  const verifyIdentity = identityVerifier(secret);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const identity = verifyIdentity(headerOf(request), Date.now());
    const url = new URL(request.url ?? '/', 'http://jobs');
    const [id, action] = url.pathname.slice(PORT_PATH.length + 1).split('/');
    if (request.method === 'POST' && !id) {
      const { intent, payload, options } = decodePortRequest(await readBody(request));
      return stream(port.submit(intent, payload, identity, options), response);
    }
    if (!id || !/^0x[0-9a-f]{64}$/.test(id)) throw new AssayError('I100', { details: { id } });
    if (request.method === 'GET' && action === 'events')
      return events(id as Hex, url, identity, response);
    if (request.method === 'POST' && action === 'cancel') {
      await port.cancel(id as Hex, identity);
      response.writeHead(204).end();
      return;
    }
    throw new AssayError('I100', { details: { path: url.pathname } });
  }

  function events(id: Hex, url: URL, identity: Identity, response: ServerResponse): Promise<void> {
    const after = Number(url.searchParams.get('after') ?? 0);
    return stream(
      port.events(id, Number.isInteger(after) ? Math.max(0, after) : 0, identity),
      response,
    );
  }

  return async (request, response) => {
    try {
      await answer(request, response);
    } catch (error) {
      fail(error, response);
    }
  };
}

const headerOf = (request: IncomingMessage): string | undefined => {
  const header = request.headers[IDENTITY_HEADER];
  return Array.isArray(header) ? header[0] : header;
};

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += part.length;
    if (bytes > MAX_BODY) throw new AssayError('G802', { details: { limit: MAX_BODY } });
    parts.push(part);
  }
  return Buffer.concat(parts);
}

async function stream(events: AsyncIterable<JobEvent>, response: ServerResponse): Promise<void> {
  const iterator = events[Symbol.asyncIterator]();
  response.once('close', () => void iterator.return?.());
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    const roomy = response.write(`{"event":${encodeJobEvent(next.value)}}\n`);
    if (!roomy && !response.destroyed) await drained(response);
    if (response.destroyed) return;
  }
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
}

function fail(error: unknown, response: ServerResponse): void {
  const known = error instanceof AssayError ? error : new AssayError('G800', { cause: error });
  const retryAfterMs = known.retryAfterMs === undefined ? {} : { retryAfterMs: known.retryAfterMs };
  const line = `${JSON.stringify({ error: { ...known.toJSON(), ...retryAfterMs } })}\n`;
  if (!response.headersSent) response.writeHead(422, { 'content-type': 'application/x-ndjson' });
  response.end(line);
}
