import type { Tensor } from '@assay/wire';
import { tensorToJson } from './tensor-json.ts';

export interface InferAnswer {
  readonly model_name: string;
  readonly model_version: string;
  readonly id: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface EncodedAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The answer's bytes: JSON, and behind it the data of the tensors that are asked for in binary. */
export function encodeInferResponse(
  answer: InferAnswer,
  tensors: readonly Tensor[],
  isBinary: (output: string) => boolean,
): EncodedAnswer {
  const binary: Uint8Array[] = [];
  const outputs = tensors.map((tensor) => {
    const { name, datatype, shape, data } = tensor;
    // FP16 has no JSON form.
    if (!isBinary(name) && datatype !== 'FP16') {
      return { name, datatype, shape, data: tensorToJson(tensor) };
    }
    binary.push(data);
    return { name, datatype, shape, parameters: { binary_data_size: data.byteLength } };
  });
  const json = Buffer.from(JSON.stringify({ ...answer, outputs }), 'utf8');
  if (binary.length === 0) return { headers: { 'content-type': 'application/json' }, body: json };
  return {
    headers: {
      'content-type': 'application/octet-stream',
      'inference-header-content-length': `${json.byteLength}`,
    },
    body: Buffer.concat([json, ...binary]),
  };
}
