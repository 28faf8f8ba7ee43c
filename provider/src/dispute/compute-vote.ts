import { randomBytes } from 'node:crypto';
import {
  AssayError,
  type Evidence,
  fingerprintOf,
  paramsOf,
  type Tensor,
  toHex,
} from '@assay/wire';
import type { ServedOffer } from '../supervisor/serve/served-offer.ts';
import type { RunRequest, SlotPool } from '../supervisor/slots/slot-types.ts';
import type { Vote } from './dispute-book.ts';

const NOTHING = Array<number>(16).fill(0);

/** A juror that could not get or run the input says so; its fingerprint is then ignored. */
export function unavailableVote(): Vote {
  return { available: false, fingerprint: NOTHING, salt: toHex(randomBytes(32)) };
}

/** Runs the disputed job again, with the very tokens that were generated, and fingerprints what comes out. */
export async function computeVote(
  evidence: Evidence,
  offer: ServedOffer,
  { pool, deadline }: { pool: SlotPool; deadline: number },
): Promise<Vote> {
  const result = await pool.run(requestOf(evidence, offer), { deadline });
  const lanes = fingerprintOf(result.fingerprintSource, offer.basis);
  return { available: true, fingerprint: [...lanes], salt: toHex(randomBytes(32)) };
}

function requestOf(evidence: Evidence, offer: ServedOffer): RunRequest {
  const params = paramsOf(evidence);
  const { modelId } = offer;
  if (offer.manifest.task !== 'text-generation')
    return { modelId, params, input: { kind: 'tensors', tensors: evidence.input } };
  const tokens = evidence.output.find(
    ({ name, datatype }) => name === 'tokens' && datatype === 'INT32',
  );
  if (tokens === undefined)
    throw new AssayError('I103', { details: { reason: 'the evidence has no tokens' } });
  return {
    modelId,
    params: { ...params, forcedTokens: int32s(tokens) },
    input: { kind: 'text', prompt: promptOf(evidence) },
  };
}

function promptOf({ input }: Evidence): string {
  const [prompt] = input;
  if (prompt?.name !== 'prompt' || prompt.datatype !== 'BYTES')
    throw new AssayError('I103', { details: { reason: 'the evidence has no prompt' } });
  return Buffer.from(prompt.data.subarray(4)).toString('utf8');
}

function int32s({ data }: Tensor): number[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: data.byteLength / 4 }, (_, index) => view.getInt32(4 * index, true));
}
