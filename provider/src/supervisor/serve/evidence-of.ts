import type { Evidence } from '@assay/wire';
import type { SignedStatement } from '../../receipt/sign-receipt.ts';
import type { Attempt } from './attempt.ts';
import type { JobInput } from './read-input.ts';
import type { Released } from './release-output.ts';

/** What has to be kept of a job while its receipt can be disputed. */
export function evidenceOf(
  { meta, offer }: Attempt,
  input: JobInput,
  output: Released,
  { frame }: SignedStatement,
): Evidence {
  return {
    modelId: offer.modelId,
    receipt: frame.receipt,
    inputSalt: meta.inputSalt,
    params: meta.params,
    input: input.committed,
    text: output.text,
    output: output.tensors,
  };
}
