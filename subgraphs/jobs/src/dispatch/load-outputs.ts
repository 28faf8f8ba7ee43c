import type { BlobStore } from '@assay/kit';
import { type OutputTensor, type Tensor, tensorFault } from '@assay/wire';

/** Output tensors with their bytes: those of blobs are read from the store. Rejects where one is missing or does not fit. */
export function loadOutputs(tensors: readonly OutputTensor[], blobs: BlobStore): Promise<Tensor[]> {
  return Promise.all(
    tensors.map(async (tensor) => {
      if (!('blob' in tensor)) return tensor;
      const { blob, ...header } = tensor;
      const loaded = { ...header, data: await blobs.read(blob) };
      const fault = tensorFault(loaded);
      if (fault !== undefined) throw new RangeError(`blob ${blob} ${fault}`);
      return loaded;
    }),
  );
}
