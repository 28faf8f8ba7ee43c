import { type Hex, inputRoot, leavesRoot, outputRoot, type Tensor, toHex } from '@assay/wire';

interface TreeVector {
  readonly length: number;
  readonly seed: number;
  readonly root: Hex;
}

/** Trees over bytes that a rule makes, so that Solidity can make them too: byte i is `(7 i + seed) mod 256`. */
export interface TreeVectors {
  readonly trees: readonly TreeVector[];
  readonly tensors: readonly {
    readonly header: string;
    readonly length: number;
    readonly seed: number;
  }[];
  readonly params: string;
  readonly salt: Hex;
  readonly inputRoot: Hex;
  readonly outputRoot: Hex;
}

/** Empty, short, one leaf to the byte, one byte more, an odd node that rises once, and one that rises twice. */
const LENGTHS = [0, 5, 4096, 4097, 3 * 4096, 4 * 4096 + 1];
const TENSORS = [
  { name: 'x', datatype: 'FP32', shape: [2, 3], data: bytesOf(24, 3) },
  { name: 'image', datatype: 'UINT8', shape: [1, 9000], data: bytesOf(9000, 200) },
] as const satisfies Tensor[];
/** Written by hand: what canonical JSON must come to, for the other language to hash. */
const HEADERS = [
  '{"datatype":"FP32","name":"x","shape":[2,3]}',
  '{"datatype":"UINT8","name":"image","shape":[1,9000]}',
] as const;
const SEEDS = [3, 200] as const;

function bytesOf(length: number, seed: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, i) => (7 * i + seed) & 0xff));
}

export function treeVectors(): TreeVectors {
  const salt = Buffer.alloc(16, 0x6b);
  return {
    trees: LENGTHS.map((length, seed) => ({
      length,
      seed,
      root: toHex(leavesRoot(bytesOf(length, seed))),
    })),
    tensors: TENSORS.map(({ data }, i) => ({
      header: HEADERS[i] ?? '',
      length: data.byteLength,
      seed: SEEDS[i] ?? 0,
    })),
    params: '{"maxTokens":7,"seed":"18446744073709551615"}',
    salt: toHex(salt),
    inputRoot: inputRoot(salt, { seed: '18446744073709551615', maxTokens: 7 }, TENSORS),
    outputRoot: outputRoot(TENSORS),
  };
}
