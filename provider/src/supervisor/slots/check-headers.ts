import { AssayError, type Manifest, type TensorHeader } from '@assay/wire';

/** What a request brings, as far as it can be judged before any of its data is there. */
export type RequestHeaders =
  | { readonly kind: 'text' }
  | { readonly kind: 'tensors'; readonly tensors: readonly TensorHeader[] };

/** Refuses what the manifest rules out by name, datatype or shape. Throws I102. */
export function checkHeaders(manifest: Manifest, input: RequestHeaders): void {
  if (manifest.task === 'text-generation') {
    if (input.kind !== 'text') throw misfit('prompt', 'this model takes text, not tensors');
    return;
  }
  // One text to embed may come as a prompt.
  if (manifest.task === 'embedding' && input.kind === 'text') return;
  const tensors = input.kind === 'tensors' ? input.tensors : [];
  for (const spec of manifest.inputs) {
    const tensor = tensors.find(({ name }) => name === spec.name);
    if (!tensor) throw misfit(spec.name, 'missing', { expected: describe(spec) });
    checkHeader(tensor, spec);
  }
  const surplus = tensors.find(({ name }) => !manifest.inputs.some((spec) => spec.name === name));
  if (surplus)
    throw misfit(surplus.name, 'the model has no such input', {
      inputs: manifest.inputs.map(({ name }) => name),
    });
  if (tensors.length > manifest.inputs.length)
    throw misfit(tensors[0]?.name ?? '', 'sent more than once');
}

type Spec = Manifest['inputs'][number];

function checkHeader(tensor: TensorHeader, spec: Spec): void {
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
}

function describe({ datatype, shape }: Pick<TensorHeader, 'shape'> & { datatype: string }): string {
  return `${datatype} [${shape.join(', ')}]`;
}

function misfit(input: string, reason: string, details: object = {}): AssayError {
  return new AssayError('I102', { details: { input, reason, ...details } });
}
