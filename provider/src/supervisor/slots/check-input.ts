import { AssayError, type Manifest, type Tensor, tensorFault } from '@assay/wire';
import { MAX_FRAME_BYTES } from '../../inference/frame.ts';
import type { RunRequest } from './slot-types.ts';

/** Refuses what the manifest rules out, before anything is queued: I102 for the wrong tensor, I103 for damaged data. */
export function checkInput(manifest: Manifest, { input }: RunRequest): void {
  if (manifest.task === 'text-generation') {
    if (input.kind !== 'text') throw misfit('prompt', 'this model takes text, not tensors');
    return;
  }
  // One text to embed may come as a prompt.
  if (manifest.task === 'embedding' && input.kind === 'text') return;
  const tensors = input.kind === 'tensors' ? input.tensors : [];
  checkSize(tensors);
  for (const spec of manifest.inputs) {
    const tensor = tensors.find(({ name }) => name === spec.name);
    if (!tensor) throw misfit(spec.name, 'missing', { expected: describe(spec) });
    checkTensor(tensor, spec);
  }
  const surplus = tensors.find(({ name }) => !manifest.inputs.some((spec) => spec.name === name));
  if (surplus)
    throw misfit(surplus.name, 'the model has no such input', {
      inputs: manifest.inputs.map(({ name }) => name),
    });
  if (tensors.length > manifest.inputs.length)
    throw misfit(tensors[0]?.name ?? '', 'sent more than once');
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

type Spec = Manifest['inputs'][number];

function checkTensor(tensor: Tensor, spec: Spec): void {
  const fits =
    tensor.datatype === spec.datatype &&
    tensor.shape.length === spec.shape.length &&
    spec.shape.every((dimension, axis) => dimension < 0 || dimension === tensor.shape[axis]);
  if (!fits)
    throw misfit(spec.name, 'another datatype or shape', {
      expected: describe(spec),
      got: describe(tensor),
    });
  const empty = tensor.shape.indexOf(0);
  if (empty >= 0) throw misfit(spec.name, 'an empty dimension', { axis: empty });
  const fault = tensorFault(tensor);
  if (fault) throw new AssayError('I103', { details: { input: spec.name, reason: fault } });
}

function describe({
  datatype,
  shape,
}: {
  readonly datatype: string;
  readonly shape: readonly number[];
}): string {
  return `${datatype} [${shape.join(', ')}]`;
}

function misfit(input: string, reason: string, details: object = {}): AssayError {
  return new AssayError('I102', { details: { input, reason, ...details } });
}
