import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { AssayError } from './errors.ts';
import type { Hex } from './units.ts';

/** The header in which the gateway tells a subgraph who is asking. */
export const IDENTITY_HEADER = 'x-assay-identity';
const LIFETIME_MS = 60_000;

/** Who is asking. Without a bearer token only public fields answer. */
export interface Identity {
  readonly requestId: string;
  /** sha256 of the bearer token, which is the salt of the grant it belongs to. */
  readonly tokenHash?: Hex;
}

const payloadSchema = z.object({
  requestId: z.string().min(1).max(64),
  tokenHash: z
    .string()
    .regex(/^0x[0-9a-f]{64}$/)
    .optional(),
  issuedAt: z.number(),
});

const mac = (payload: string, secret: string): Buffer =>
  createHmac('sha256', secret).update(payload).digest();

/** `base64url(JSON) . base64url(HMAC-SHA256)`. `now` in epoch ms. */
export function signIdentity(identity: Identity, secret: string, now: number): string {
  const payload = Buffer.from(JSON.stringify({ ...identity, issuedAt: now })).toString('base64url');
  return `${payload}.${mac(payload, secret).toString('base64url')}`;
}

/** Throws G803 for a missing, forged or stale header. Subscriptions check once, when they start. */
export type VerifyIdentity = (header: string | undefined, now: number) => Identity;

interface Issued {
  readonly identity: Identity;
  readonly issuedAt: number;
}

const KEPT = 1_024;

/** Checks headers made with this secret. The last ones are remembered: a socket's operations carry the same for a while. */
export function identityVerifier(secret: string): VerifyIdentity {
  const known = new Map<string, Issued>();
  return (header = '', now) => {
    const issued = known.get(header) ?? readHeader(header, secret);
    if (Math.abs(now - issued.issuedAt) > LIFETIME_MS) throw new AssayError('G803');
    if (known.size >= KEPT) known.clear();
    known.set(header, issued);
    return issued.identity;
  };
}

function readHeader(header: string, secret: string): Issued {
  const [payload = '', signature = ''] = header.split('.');
  const given = Buffer.from(signature, 'base64url');
  const expected = mac(payload, secret);
  if (given.byteLength !== expected.byteLength || !timingSafeEqual(given, expected))
    throw new AssayError('G803');
  const parsed = payloadSchema.safeParse(
    JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')),
  );
  if (!parsed.success) throw new AssayError('G803');
  const { requestId, tokenHash, issuedAt } = parsed.data;
  const identity =
    tokenHash === undefined ? { requestId } : { requestId, tokenHash: tokenHash as Hex };
  return { identity, issuedAt };
}
