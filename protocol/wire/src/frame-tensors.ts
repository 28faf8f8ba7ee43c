import { AssayError } from './errors.ts';
import type { OutputTensor } from './job.ts';
import type { FrameTensor } from './link-frames.ts';
import { type Tensor, tensorFault } from './tensor.ts';

/** Describes tensors for a frame's meta and lists their bytes for its body. Blobs are only named. */
export function packTensors(tensors: readonly OutputTensor[]): {
  headers: FrameTensor[];
  body: Uint8Array[];
} {
  const body: Uint8Array[] = [];
  const headers = tensors.map((tensor): FrameTensor => {
    const header = { name: tensor.name, datatype: tensor.datatype, shape: [...tensor.shape] };
    if ('blob' in tensor) return { ...header, blob: tensor.blob };
    body.push(tensor.data);
    return { ...header, bytes: tensor.data.byteLength };
  });
  return { headers, body };
}

/** Cuts a frame's body into the tensors its meta describes. Throws L700 where they do not fit each other. */
export function unpackTensors(headers: readonly FrameTensor[], body: Uint8Array): OutputTensor[] {
  let offset = 0;
  const tensors = headers.map((header): OutputTensor => {
    const { name, datatype, shape, bytes, blob } = header;
    if (blob !== undefined) return { name, datatype, shape, blob };
    const data = body.subarray(offset, offset + (bytes ?? 0));
    offset += bytes ?? 0;
    return checked({ name, datatype, shape, data });
  });
  if (offset !== body.byteLength)
    throw new AssayError('L700', { details: { reason: 'body and tensors differ in length' } });
  return tensors;
}

function checked(tensor: Tensor): Tensor {
  const fault = tensorFault(tensor);
  if (fault === undefined) return tensor;
  throw new AssayError('L700', { details: { reason: `tensor ${tensor.name} ${fault}` } });
}
