import { verifyMessage } from 'ethers';
import { expect, test } from 'vitest';
import {
  EVIDENCE_HEADERS,
  type EvidenceRequest,
  evidenceRequestSigner,
  evidenceRequestText,
  signEvidenceRequest,
} from './evidence-request.ts';
import { signerOf } from './signature.ts';

const signer = signerOf(`0x${'5a'.repeat(32)}`);
const request: EvidenceRequest = {
  method: 'GET',
  url: `https://market.example/v2/evidence/0x${'1'.repeat(64)}`,
  time: 1_790_000_000,
};
const signature = signEvidenceRequest(request, signer)[EVIDENCE_HEADERS.signature] ?? '';

test('a request is signed as wallets sign messages', () => {
  expect(verifyMessage(evidenceRequestText(request), signature).toLowerCase()).toBe(signer.address);
  expect(evidenceRequestSigner(request, signature)).toBe(signer.address);
});

test.each([
  ['another method', { method: 'PUT' }],
  ['another door', { url: request.url.replace('market', 'other') }],
  ['another time', { time: request.time + 1 }],
] as const)('a signature is good for %s in no way', (_, change) => {
  expect(evidenceRequestSigner({ ...request, ...change }, signature)).not.toBe(signer.address);
});

test('what is no signature has no signer', () => {
  expect(evidenceRequestSigner(request, 'nonsense')).toBeUndefined();
});
