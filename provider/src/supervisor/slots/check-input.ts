import { AssayError, type Manifest, type Tensor, tensorFault } from '@assay/wire';
import { MAX_FRAME_BYTES } from '../../inference/frame.ts';
import { checkHeaders } from './check-headers.ts';
import type { RunRequest } from './slot-types.ts';

/** Refuses what the manifest rules out, before anything is queued: I102 for the wrong tensor, I103 for damaged data. */
export function checkInput(manifest: Manifest, { input }: RunRequest): void {
  const tensors = input.kind === 'tensors' ? input.tensors : [];
  checkSize(tensors);
  checkHeaders(manifest, input);
  for (const tensor of tensors) {
    const fault = tensorFault(tensor);
    if (fault) throw new AssayError('I103', { details: { input: tensor.name, reason: fault } });
  }
}

/** What one frame to a child holds, header aside. */
const MAX_INPUT_BYTES = MAX_FRAME_BYTES - 16 * 1024 ** 2;

function checkSize(tensors: readonly Tensor[]): void {
  const bytes = tensors.reduce((sum, { data }) => sum + data.byteLength, 0);
  if (bytes <= MAX_INPUT_BYTES) return;
  throw new AssayError('I103', {
    details: { reason: 'the tensors are too large together', bytes, limitBytes: MAX_INPUT_BYTES },
  });
}
