import { AssayError, type Hex, sha256, TENSOR_LIMITS, toHex } from '@assay/wire';

const TIMEOUT_MS = 60_000;

const addressOf = (blobUrl: string, sha: Hex): string => `${blobUrl.replace(/\/+$/, '')}/${sha}`;
const missing = (sha: Hex, reason: string, cause?: unknown): AssayError =>
  new AssayError('I110', { details: { sha256: sha, reason }, cause });

/** Fetches a blob and holds it to its hash and size. Throws I110. */
export async function fetchBlob(
  blobUrl: string,
  sha: Hex,
  maxBytes: number = TENSOR_LIMITS.bytes,
): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(addressOf(blobUrl, sha), {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
  } catch (cause) {
    throw missing(sha, 'the gateway’s blob store does not answer', cause);
  }
  if (!response.ok || response.body === null) throw missing(sha, `HTTP ${response.status}`);
  const bytes = await readBounded(
    response.body as unknown as AsyncIterable<Uint8Array>,
    sha,
    maxBytes,
  );
  if (toHex(sha256(bytes)) !== sha) throw missing(sha, 'the bytes have another hash');
  return bytes;
}

async function readBounded(
  body: AsyncIterable<Uint8Array>,
  sha: Hex,
  maxBytes: number,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body) {
    length += part.byteLength;
    if (length > maxBytes) throw missing(sha, `more than ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts, length);
}

/** Puts bytes where the gateway and the client can fetch them; resolves with their hash. */
export async function putBlob(blobUrl: string, bytes: Uint8Array): Promise<Hex> {
  const sha = toHex(sha256(bytes));
  const response = await fetch(addressOf(blobUrl, sha), {
    method: 'PUT',
    body: bytes as BodyInit,
    headers: { 'content-type': 'application/octet-stream' },
    signal: AbortSignal.timeout(TIMEOUT_MS),
    redirect: 'error',
  }).catch((cause: unknown) => {
    throw new AssayError('P300', {
      cause,
      details: { reason: 'the gateway’s blob store does not answer' },
    });
  });
  if (response.ok) return sha;
  throw new AssayError('P300', {
    details: { reason: `the blob store refused the output: HTTP ${response.status}` },
  });
}
