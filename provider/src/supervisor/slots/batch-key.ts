import type { Manifest } from '@assay/wire';
import { batchAxisOf } from '../../inference/batch-axis.ts';
import { rowCount } from '../../inference/stack-rows.ts';
import type { RunRequest } from './slot-types.ts';

export interface BatchShape {
  /** Requests with equal keys may share a run. */
  readonly key: string;
  readonly rows: number;
}

/** Sixteen of these still fit the frame to the child. */
const LARGEST_BATCHED = 32 * 1024 ** 2;

/** What decides whether requests may share a run, or undefined where the model is never batched. */
export function batchShape(manifest: Manifest, { input }: RunRequest): BatchShape | undefined {
  if (manifest.batchAxis === undefined || input.kind !== 'tensors') return undefined;
  const bytes = input.tensors.reduce((sum, { data }) => sum + data.byteLength, 0);
  if (bytes > LARGEST_BATCHED) return undefined;
  if (manifest.task !== 'tensor') return { key: manifest.task, rows: 1 };
  const parts = input.tensors.map(({ name, shape, data }) => {
    const axis = batchAxisOf(manifest, name);
    return axis < 0 ? `${name}:${shape}=${shared(data)}` : `${name}:${shape.with(axis, 0)}`;
  });
  return { key: parts.sort().join(';'), rows: rowCount(manifest, input.tensors) };
}

/** Values every batch-mate must send alike (a sample rate); long ones never match, so they are never batched. */
let unmatched = 0;
function shared(data: Uint8Array): string {
  unmatched += 1;
  return data.byteLength <= 64
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex')
    : `unique ${unmatched}`;
}
