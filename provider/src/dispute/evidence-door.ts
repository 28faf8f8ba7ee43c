import { type EvidenceMethod, type Hex, type Signer, signEvidenceRequest } from '@assay/wire';

const TIMEOUT_MS = 20_000;
const LIMIT_BYTES = 600 * 1024 * 1024;

/** Where evidence of a ticket is, at a door or at any HTTP store: `{place}/{ticket}`. */
export const evidenceAddress = (place: string, ticket: string): string =>
  `${place.replace(/\/+$/, '')}/${ticket}`;

/** The evidence door of a marketplace stands beside its blobs: `…/v2/blobs/` and `…/v2/evidence`. */
export const doorBeside = (blobUrl: string): string =>
  new URL('../evidence', `${blobUrl.replace(/\/+$/, '')}/`).href;

/** Undefined: taken. Otherwise why not. */
export async function putEvidence(
  url: string,
  body: Uint8Array,
  signer: Signer,
): Promise<string | undefined> {
  try {
    const answer = await visit('PUT', url, { signer, body });
    return answer.ok ? undefined : await reasonIn(answer);
  } catch (error) {
    return (error as Error).message;
  }
}

/** The bytes, or why there are none. */
export async function getEvidence(url: Hex | string, signer: Signer): Promise<Uint8Array | string> {
  try {
    const answer = await visit('GET', url, { signer });
    return answer.ok ? await readBounded(answer) : await reasonIn(answer);
  } catch (error) {
    return (error as Error).message;
  }
}

function visit(
  method: EvidenceMethod,
  url: string,
  { signer, body }: { readonly signer: Signer; readonly body?: Uint8Array },
): Promise<Response> {
  const time = Math.floor(Date.now() / 1000);
  return fetch(url, {
    method,
    headers: signEvidenceRequest({ method, url, time }, signer),
    ...(body && { body: body as BodyInit }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
    redirect: 'error',
  });
}

async function reasonIn(answer: Response): Promise<string> {
  const text = await answer.text().catch(() => '');
  const [code = ''] = /[A-Z]\d{3}/.exec(text) ?? [];
  return `HTTP ${answer.status} ${code}`.trim();
}

async function readBounded({ body }: Response): Promise<Uint8Array | string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of (body ?? []) as unknown as AsyncIterable<Uint8Array>) {
    length += part.byteLength;
    if (length > LIMIT_BYTES) return `more than ${LIMIT_BYTES} bytes`;
    parts.push(part);
  }
  return Buffer.concat(parts, length);
}
