import { keccak256 } from './bytes.ts';
import { recoverSigner, type Signer } from './signature.ts';
import type { Address, Hex } from './units.ts';

export type EvidenceMethod = 'GET' | 'PUT';

/** One visit to an evidence door: what is done there, at which public address, when (Unix seconds). */
export interface EvidenceRequest {
  readonly method: EvidenceMethod;
  /** The door's public address with the ticket, `https://market.example/v2/evidence/0x…`: good at no other door. */
  readonly url: string;
  readonly time: number;
}

/** How far a request's time may be from the door's clock. */
export const EVIDENCE_REQUEST_SECONDS = 120;
export const EVIDENCE_HEADERS = { time: 'x-assay-time', signature: 'x-assay-signature' } as const;

/** What is signed as an EIP-191 personal message, so that any wallet can: `GET https://…/v2/evidence/0x… at 1790000000`. */
export const evidenceRequestText = ({ method, url, time }: EvidenceRequest): string =>
  `${method} ${url} at ${time}`;

/** The headers of a signed request. */
export function signEvidenceRequest(
  request: EvidenceRequest,
  signer: Signer,
): Record<string, string> {
  return {
    [EVIDENCE_HEADERS.time]: `${request.time}`,
    [EVIDENCE_HEADERS.signature]: signer.sign(personalDigest(evidenceRequestText(request))),
  };
}

/** Who signed a request, or undefined for what is nobody's signature. */
export function evidenceRequestSigner(
  request: EvidenceRequest,
  signature: string,
): Address | undefined {
  return recoverSigner(personalDigest(evidenceRequestText(request)), signature);
}

function personalDigest(text: string): Hex {
  const bytes = Buffer.from(text, 'utf8');
  const prefix = Buffer.from(`\x19Ethereum Signed Message:\n${bytes.byteLength}`, 'utf8');
  return keccak256(Buffer.concat([prefix, bytes]));
}
