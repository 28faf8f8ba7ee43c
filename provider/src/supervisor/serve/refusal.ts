import {
  AssayError,
  type Domain,
  digestOf,
  encodeFrame,
  type Hex,
  keccak256,
  type Signer,
} from '@assay/wire';

export interface RefusalSigner {
  readonly domain: Domain;
  readonly signer: Signer;
}

/** A signed refusal frame: why a ticket will not run, or stopped without a receipt. Never holds input or output. */
export function refusalFrame(
  ticket: Hex,
  error: unknown,
  { domain, signer }: RefusalSigner,
  now: number,
): Buffer {
  const fault = asFault(error);
  const code = keccak256(Buffer.from(fault.code, 'utf8'));
  const predicted = fault.details.predictedMs;
  return encodeFrame('refusal', {
    ticket,
    code: fault.code,
    message: messageOf(fault),
    time: now,
    signature: signer.sign(digestOf(domain, 'Refusal', { ticket, code, time: BigInt(now) })),
    ...(fault.retryAfterMs !== undefined && {
      retryAfterMs: Math.max(0, Math.round(fault.retryAfterMs)),
    }),
    ...(typeof predicted === 'number' && { predictedMs: Math.max(0, predicted) }),
  });
}

export function asFault(error: unknown): AssayError {
  return error instanceof AssayError ? error : new AssayError('P300', { cause: error });
}

function messageOf({ message, details }: AssayError): string {
  const facts = Object.entries(details).map(
    ([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`,
  );
  return [message, ...facts].join(' ').slice(0, 500);
}
