import type { Manifest, Tensor } from '@assay/wire';
import { batchAxisOf } from './batch-axis.ts';
import { InferenceFault } from './inference-fault.ts';

type Row = readonly Tensor[];

/** One tensor per input, the rows behind one another along its batch axis. */
export function stackRows(manifest: Manifest, rows: readonly Row[]): Tensor[] {
  return (rows[0] ?? []).map((first) => {
    const axis = batchAxisOf(manifest, first.name);
    if (axis < 0) return first;
    return stack(
      rows.map((row) => tensorOf(row, first.name)),
      axis,
    );
  });
}

/** Each row's part of the outputs. Throws M600 where an output does not divide by the rows. */
export function splitRows(manifest: Manifest, outputs: Row, rows: readonly Row[]): Tensor[][] {
  const counts = rows.map((row) => rowCount(manifest, row));
  const parts = outputs.map((output) => {
    const axis = batchAxisOf(manifest, output.name);
    return axis < 0 ? rows.map(() => output) : split(output, axis, counts);
  });
  return rows.map((_, index) => parts.map((part) => part[index] as Tensor));
}

/** How many rows of the batch a request brings. */
export function rowCount(manifest: Manifest, row: Row): number {
  for (const tensor of row) {
    const axis = batchAxisOf(manifest, tensor.name);
    if (axis >= 0) return tensor.shape[axis] ?? 1;
  }
  return 1;
}

function tensorOf(row: Row, name: string): Tensor {
  const tensor = row.find((candidate) => candidate.name === name);
  if (!tensor) throw new InferenceFault('P303', { details: { input: name, reason: 'missing' } });
  return tensor;
}

function stack(tensors: readonly Tensor[], axis: number): Tensor {
  const [first] = tensors;
  if (!first) throw new RangeError('nothing to stack');
  const outer = product(first.shape.slice(0, axis));
  let [bytes, total] = [0, 0];
  for (const { data, shape } of tensors) {
    bytes += data.byteLength;
    total += shape[axis] ?? 0;
  }
  const data = new Uint8Array(bytes);
  let offset = 0;
  for (const tensor of tensors) offset += interleave(data, offset, tensor.data, outer);
  return { ...first, shape: first.shape.with(axis, total), data };
}

/** Puts each of the `outer` blocks of `from` at its place, and answers how long a block is. */
function interleave(into: Uint8Array, offset: number, from: Uint8Array, outer: number): number {
  const [run, stride] = [from.byteLength / outer, into.byteLength / outer];
  if (outer === 1) into.set(from, offset);
  else
    for (let block = 0; block < outer; block++)
      into.set(from.subarray(block * run, (block + 1) * run), block * stride + offset);
  return run;
}

function split(output: Tensor, axis: number, counts: readonly number[]): Tensor[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (output.shape[axis] !== total) {
    throw new InferenceFault('M600', {
      details: {
        output: output.name,
        reason: 'the output does not divide by the batch',
        rows: total,
        shape: output.shape,
      },
    });
  }
  const outer = product(output.shape.slice(0, axis));
  const unit = output.data.byteLength / total;
  const data = outer === 1 ? output.data : rowByRow(output.data, outer, counts);
  let offset = 0;
  return counts.map((count) => {
    const start = offset;
    offset += unit * count;
    return {
      name: output.name,
      datatype: output.datatype,
      shape: output.shape.with(axis, count),
      data: data.subarray(start, offset),
    };
  });
}

/** The rows behind one another, which had each of the `outer` blocks of all of them behind one another. */
function rowByRow(data: Uint8Array, outer: number, counts: readonly number[]): Uint8Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const stride = data.byteLength / outer;
  const into = new Uint8Array(data.byteLength);
  let [offset, from] = [0, 0];
  for (const count of counts) {
    const run = (stride / total) * count;
    for (let block = 0; block < outer; block++) {
      const start = block * stride + from;
      into.set(data.subarray(start, start + run), offset);
      offset += run;
    }
    from += run;
  }
  return into;
}

function product(dimensions: readonly number[]): number {
  return dimensions.reduce((result, dimension) => result * dimension, 1);
}
