import type { Hex, Intent, JobPayload, Tensor } from '@assay/wire';
import { canonicalJson, paramsHash, sha256, tensorRoot, toHex } from '@assay/wire';

const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, field) => (typeof field === 'bigint' ? `${field}` : field)));

/** Names an intent without its payload; a quote is bound to it. */
export function intentHash(intent: Intent): Hex {
  return toHex(sha256('assay/intent/1', canonicalJson(plain(intent))));
}

/** Names a whole request; an idempotency key is bound to it. */
export function requestHash(intent: Intent, payload: JobPayload, inputs: readonly Tensor[]): Hex {
  return toHex(
    sha256(
      'assay/request/1',
      intentHash(intent),
      paramsHash(payload.params),
      ...inputs.map(tensorRoot),
    ),
  );
}
