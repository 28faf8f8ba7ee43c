import { AssayError, type Manifest, tensorFault } from '@assay/wire';
import { checkHeaders } from './check-headers.ts';
import type { RunRequest } from './slot-types.ts';

/** Refuses what the manifest rules out, before anything is queued: I102 for the wrong tensor, I103 for damaged data. */
export function checkInput(manifest: Manifest, { input }: RunRequest): void {
  checkHeaders(manifest, input);
  for (const tensor of input.kind === 'tensors' ? input.tensors : []) {
    const fault = tensorFault(tensor);
    if (fault) throw new AssayError('I103', { details: { input: tensor.name, reason: fault } });
  }
}
