import './disable-telemetry.ts';
import './hide-float16-array.ts';
import type { Datatype, Tensor } from '@assay/wire';
import { Tensor as OrtTensor } from 'onnxruntime-node';
import { InferenceFault } from './inference-fault.ts';
import { packStrings, unpackStrings } from './string-tensor.ts';

type View = (buffer: ArrayBufferLike, offset: number, length: number) => OrtTensor.DataType;
interface Mapping {
  readonly ort: OrtTensor.Type;
  readonly bytes: number;
  readonly view: View;
}

const MAPPINGS: Readonly<Record<Exclude<Datatype, 'BYTES'>, Mapping>> = {
  BOOL: { ort: 'bool', bytes: 1, view: (b, o, n) => new Uint8Array(b, o, n) },
  UINT8: { ort: 'uint8', bytes: 1, view: (b, o, n) => new Uint8Array(b, o, n) },
  UINT16: { ort: 'uint16', bytes: 2, view: (b, o, n) => new Uint16Array(b, o, n) },
  UINT32: { ort: 'uint32', bytes: 4, view: (b, o, n) => new Uint32Array(b, o, n) },
  UINT64: { ort: 'uint64', bytes: 8, view: (b, o, n) => new BigUint64Array(b, o, n) },
  INT8: { ort: 'int8', bytes: 1, view: (b, o, n) => new Int8Array(b, o, n) },
  INT16: { ort: 'int16', bytes: 2, view: (b, o, n) => new Int16Array(b, o, n) },
  INT32: { ort: 'int32', bytes: 4, view: (b, o, n) => new Int32Array(b, o, n) },
  INT64: { ort: 'int64', bytes: 8, view: (b, o, n) => new BigInt64Array(b, o, n) },
  FP16: { ort: 'float16', bytes: 2, view: (b, o, n) => new Uint16Array(b, o, n) },
  FP32: { ort: 'float32', bytes: 4, view: (b, o, n) => new Float32Array(b, o, n) },
  FP64: { ort: 'float64', bytes: 8, view: (b, o, n) => new Float64Array(b, o, n) },
};
const OIP_OF_ORT = new Map(
  Object.entries(MAPPINGS).map(([name, { ort }]) => [ort as string, name as Datatype]),
);
OIP_OF_ORT.set('string', 'BYTES');

/** The Open Inference Protocol's name of an ONNX Runtime type, or undefined where the boundary cannot carry it. */
export function datatypeOfOrt(type: string): Datatype | undefined {
  return OIP_OF_ORT.get(type);
}

/** A view of the tensor's bytes where alignment allows, else one copy. */
export function toOrtTensor({ datatype, shape, data }: Tensor): OrtTensor {
  if (datatype === 'BYTES') return new OrtTensor('string', unpackStrings(data), shape);
  const { ort, bytes, view } = MAPPINGS[datatype];
  const aligned = data.byteOffset % bytes === 0 ? data : Uint8Array.from(data);
  return new OrtTensor(
    ort,
    view(aligned.buffer, aligned.byteOffset, aligned.byteLength / bytes) as never,
    shape,
  );
}

/** The tensor's own bytes, not copied. */
export function fromOrtTensor(name: string, tensor: OrtTensor): Tensor {
  const datatype = datatypeOfOrt(tensor.type);
  if (!datatype)
    throw new InferenceFault('M603', {
      details: { output: name, type: tensor.type },
      hint: 'Cast this output to a plain numeric type.',
    });
  const { data, dims: shape } = tensor;
  if (Array.isArray(data)) return { name, datatype, shape, data: packStrings(data as string[]) };
  const { buffer, byteOffset, byteLength } = data as Uint8Array;
  return { name, datatype, shape, data: new Uint8Array(buffer, byteOffset, byteLength) };
}
