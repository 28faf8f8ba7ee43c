import { randomUUID } from 'node:crypto';
import { AssayError, fromHex, type Identity, sha256, toHex } from '@assay/wire';

/** What every GraphQL operation carries, whichever way it came. */
export interface CallerContext {
  readonly caller: Identity;
  /** The address of the client. */
  readonly peer: string;
  /** The request may only read, since it is a plain link. */
  readonly safeOnly?: boolean;
  /** The gateway itself asks; nobody's rate is counted. */
  readonly internal?: boolean;
}

const BEARER = /^Bearer 0x([0-9a-fA-F]{64})$/i;
const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * Who is asking, from an `Authorization` value: the same rule for HTTP headers, WebSocket connectionParams and SSE.
 * Nobody's token is looked up here; jobs knows which session it opens. Throws I105 for anything but `Bearer 0x<32 bytes>`.
 */
export function identifyCaller(authorization: unknown, requestId?: unknown): Identity {
  const id = typeof requestId === 'string' && REQUEST_ID.test(requestId) ? requestId : randomUUID();
  if (authorization === undefined || authorization === '') return { requestId: id };
  const token = typeof authorization === 'string' ? BEARER.exec(authorization)?.[1] : undefined;
  if (token === undefined) {
    throw new AssayError('I105', { details: { reason: 'not `Bearer 0x` and 64 hex digits' } });
  }
  return { requestId: id, tokenHash: toHex(sha256(fromHex(`0x${token}`))) };
}
