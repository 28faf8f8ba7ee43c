import { AssayError, type Hex, promptTensor, type Tensor, tensorFault } from '@assay/wire';
import { fetchBlob } from '../../link/blob-client.ts';
import type { RunInput } from '../slots/slot-types.ts';
import type { BlobPart, InputPlan } from './plan-input.ts';
import type { Turns } from './turns.ts';

/** A ticket's payload: what the child runs, and the tensors that the receipt's input root commits to. */
export interface JobInput {
  readonly run: RunInput;
  readonly committed: readonly Tensor[];
}

export interface BlobSource {
  readonly blobUrl: string | undefined;
  /** Until when it may take. */
  readonly signal: () => AbortSignal;
  /** How many downloads of one gateway go on at once. */
  readonly turns: Turns;
}

/** Brings in what the plan names as blobs. Throws I103 or I110, or why `signal` was aborted. */
export async function readInput(plan: InputPlan, source: BlobSource): Promise<JobInput> {
  if (plan.kind === 'text')
    return { run: { kind: 'text', prompt: plan.prompt }, committed: [promptTensor(plan.prompt)] };
  const whole = plan.parts.filter((part) => 'data' in part);
  const tensors = whole.length === plan.parts.length ? whole : await fetchParts(plan.parts, source);
  return { run: { kind: 'tensors', tensors }, committed: tensors };
}

export const namesBlobs = (plan: InputPlan): boolean =>
  plan.kind === 'tensors' && plan.parts.some((part) => !('data' in part));

function fetchParts(parts: readonly (Tensor | BlobPart)[], source: BlobSource): Promise<Tensor[]> {
  const signal = source.signal();
  return Promise.all(parts.map((part) => ('data' in part ? part : download(part, signal, source))));
}

async function download(
  part: BlobPart,
  signal: AbortSignal,
  { blobUrl, turns }: BlobSource,
): Promise<Tensor> {
  const { name, datatype, shape, blob, bytes, exact } = part;
  const store = blobUrl ?? noStore(blob);
  const data = await turns(() => {
    signal.throwIfAborted();
    return fetchBlob(store, { sha: blob, bytes, exact }, signal);
  });
  const tensor = { name, datatype, shape, data };
  const fault = tensorFault(tensor);
  if (fault === undefined) return tensor;
  throw new AssayError('I103', { details: { input: name, reason: fault } });
}

function noStore(sha256: Hex): never {
  throw new AssayError('I110', {
    details: { sha256, reason: 'the gateway named no blob store' },
  });
}
