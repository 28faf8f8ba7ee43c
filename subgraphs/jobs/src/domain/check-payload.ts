import {
  AssayError,
  type JobPayload,
  LONGEST_PROMPT,
  type Manifest,
  promptTensor,
  TENSOR_LIMITS,
  type Tensor,
  tensorFault,
} from '@assay/wire';

/**
 * Holds a payload to the model's inputs and returns the tensors its input root commits to. Throws I102 where it does
 * not fit the model and I103 where its bytes do not fit its shape.
 */
export function checkPayload(payload: JobPayload, manifest: Manifest): readonly Tensor[] {
  if (payload.kind === 'text') return [checkPrompt(payload.prompt, manifest)];
  requireTask(manifest, 'tensors');
  const { tensors } = payload;
  if (tensors.length > TENSOR_LIMITS.perJob)
    throw new AssayError('I102', {
      details: { tensors: tensors.length, limit: TENSOR_LIMITS.perJob },
    });
  for (const spec of manifest.inputs) {
    if (!tensors.some((tensor) => tensor.name === spec.name))
      throw new AssayError('I102', { details: { missing: spec.name } });
  }
  const names = new Set<string>();
  for (const tensor of tensors) {
    if (names.has(tensor.name)) throw new AssayError('I102', { details: { twice: tensor.name } });
    names.add(tensor.name);
    checkTensor(tensor, manifest);
  }
  return tensors;
}

function checkPrompt(prompt: string, manifest: Manifest): Tensor {
  requireTask(manifest, 'text');
  const promptBytes = Buffer.byteLength(prompt);
  if (promptBytes <= LONGEST_PROMPT) return promptTensor(prompt);
  throw new AssayError('I102', {
    details: { promptBytes, limit: LONGEST_PROMPT },
    hint: 'Shorten the prompt.',
  });
}

const TEXT_TASKS = new Set<Manifest['task']>(['text-generation', 'embedding']);

function requireTask(manifest: Manifest, kind: JobPayload['kind']): void {
  const takesText = TEXT_TASKS.has(manifest.task);
  // An embedding model may also take token ids: its inputs decide.
  if (kind === 'text' ? takesText : !takesText || manifest.inputs.length > 0) return;
  throw new AssayError('I102', {
    details: { task: manifest.task, given: kind },
    hint: takesText ? 'Send input.text.' : 'Send input.tensors as Model.inputs describes them.',
  });
}

function checkTensor(tensor: Tensor, manifest: Manifest): void {
  const { name, datatype, shape } = tensor;
  const spec = manifest.inputs.find((input) => input.name === name);
  if (spec === undefined)
    throw new AssayError('I102', {
      details: { unknown: name, inputs: manifest.inputs.map((input) => input.name) },
    });
  if (spec.datatype !== datatype)
    throw new AssayError('I102', { details: { name, datatype, expected: spec.datatype } });
  const fits =
    spec.shape.length === shape.length &&
    spec.shape.every((dimension, axis) => dimension === -1 || dimension === shape[axis]);
  if (!fits) throw new AssayError('I102', { details: { name, shape, expected: spec.shape } });
  const fault = tensorFault(tensor);
  if (fault !== undefined) throw new AssayError('I103', { details: { name, fault } });
}
