import type { IncomingMessage } from 'node:http';
import { AssayError, type Hex, sha256, toHex } from '@assay/wire';
import { backOffMs } from './back-off.ts';
import { discard, exchange } from './http-exchange.ts';

const TIMEOUT_MS = 60_000;
/** The store is busy or briefly away; any other answer will not change. */
const PASSING = new Set([408, 425, 429]);

const addressOf = (blobUrl: string, sha: Hex): string => `${blobUrl.replace(/\/+$/, '')}/${sha}`;
const missing = (sha: Hex, reason: string, cause?: unknown): AssayError =>
  new AssayError('I110', { details: { sha256: sha, reason }, cause });
const within = (signal: AbortSignal): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);

export interface BlobToFetch {
  readonly sha: Hex;
  /** Never more are taken than these, and never fewer where `exact`. */
  readonly bytes: number;
  readonly exact: boolean;
}

/** Fetches a blob and holds it to its hash and size. Throws I110, or why `signal` was aborted. */
export async function fetchBlob(
  blobUrl: string,
  { sha, bytes, exact }: BlobToFetch,
  signal: AbortSignal,
): Promise<Uint8Array> {
  try {
    const answer = await exchange(addressOf(blobUrl, sha), {
      method: 'GET',
      signal: within(signal),
    });
    const fault = isOk(answer)
      ? lengthFault(answer, { bytes, exact })
      : `HTTP ${answer.statusCode}`;
    if (fault !== undefined) {
      discard(answer);
      throw missing(sha, fault);
    }
    const blob = await readBounded(answer, bytes);
    if (blob === undefined || (exact && blob.byteLength !== bytes))
      throw missing(sha, `not of ${bytes} bytes`);
    if (toHex(sha256(blob)) !== sha) throw missing(sha, 'the bytes have another hash');
    return blob;
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof AssayError) throw cause;
    throw missing(sha, 'the gateway’s blob store does not answer', cause);
  }
}

const isOk = ({ statusCode = 0 }: IncomingMessage): boolean =>
  statusCode >= 200 && statusCode < 300;

/** What is announced with another length is not read at all. */
function lengthFault(
  { headers }: IncomingMessage,
  { bytes, exact }: Omit<BlobToFetch, 'sha'>,
): string | undefined {
  const announced = headers['content-length'];
  if (announced === undefined) return undefined;
  const fits = exact ? Number(announced) === bytes : Number(announced) <= bytes;
  return fits ? undefined : `${announced} bytes instead of ${bytes}`;
}

/** Undefined for more than `limit` bytes. */
async function readBounded(
  body: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<Uint8Array | undefined> {
  const bytes = new Uint8Array(limit);
  let length = 0;
  for await (const part of body) {
    if (length + part.byteLength > limit) return undefined;
    bytes.set(part, length);
    length += part.byteLength;
  }
  return bytes.subarray(0, length);
}

/**
 * Puts bytes where the gateway and the client can fetch them, again and again until `signal` is aborted: they are computed, so a
 * store that is away for a moment must not cost them. Resolves with their hash. Throws P300, or why `signal` was aborted.
 */
export async function putBlob(
  blobUrl: string,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<Hex> {
  const sha = toHex(sha256(bytes));
  for (let failures = 0; ; failures += 1) {
    const problem = await tryPut(addressOf(blobUrl, sha), bytes, signal);
    if (problem === undefined) return sha;
    if (!problem.passing) throw refusedOutput(problem.reason);
    await pause(backOffMs(failures, Math.random()), signal);
    if (signal.aborted && signal.reason instanceof AssayError) throw signal.reason;
    if (signal.aborted) throw refusedOutput(problem.reason);
  }
}

interface PutProblem {
  readonly reason: string;
  readonly passing: boolean;
}

async function tryPut(
  address: string,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<PutProblem | undefined> {
  try {
    const answer = await exchange(address, { method: 'PUT', body: bytes, signal: within(signal) });
    discard(answer);
    const { statusCode = 0 } = answer;
    return isOk(answer)
      ? undefined
      : { reason: `HTTP ${statusCode}`, passing: statusCode >= 500 || PASSING.has(statusCode) };
  } catch {
    return { reason: 'no answer', passing: true };
  }
}

const refusedOutput = (reason: string): AssayError =>
  new AssayError('P300', {
    details: { reason: `the blob store did not take the output: ${reason}` },
  });

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
