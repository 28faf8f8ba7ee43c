import { hash } from 'node:crypto';
import { keccak256, sha256, toHex } from './bytes.ts';
import { canonicalJson } from './manifest.ts';
import type { Tensor } from './tensor.ts';
import type { Hex } from './units.ts';

/** Leaves of tensor trees. */
export const LEAF_BYTES = 4096;
const HASH_BYTES = 32;
const LEAF = 0;
const INNER = 1;
const TREE_DOMAIN = 'assay/tree/1';
const INPUT_DOMAIN = 'assay/input/1';
const OUTPUT_DOMAIN = 'assay/output/1';

/** Root of a SHA-256 Merkle tree over 4 KiB leaves; an odd node rises unchanged. Empty data has one empty leaf. */
export function leavesRoot(data: Uint8Array): Buffer {
  let width = Math.max(1, Math.ceil(data.byteLength / LEAF_BYTES));
  const nodes = Buffer.allocUnsafe(HASH_BYTES * width);
  for (let leaf = 0; leaf < width; leaf++) {
    const bytes = data.subarray(LEAF_BYTES * leaf, LEAF_BYTES * (leaf + 1));
    hashInto(nodes, leaf, LEAF, bytes);
  }
  for (; width > 1; width = Math.ceil(width / 2)) {
    for (let pair = 0; pair < width >> 1; pair++) {
      const children = nodes.subarray(2 * HASH_BYTES * pair, 2 * HASH_BYTES * (pair + 1));
      hashInto(nodes, pair, INNER, children);
    }
    const odd = HASH_BYTES * (width - 1);
    if (width % 2 === 1) nodes.copyWithin(HASH_BYTES * (width >> 1), odd, odd + HASH_BYTES);
  }
  return nodes.subarray(0, HASH_BYTES);
}

const preimage = Buffer.allocUnsafe(1 + LEAF_BYTES);

/** Node number `index` becomes sha256(kind ‖ bytes). A hash object for each node would cost more than its hash. */
function hashInto(nodes: Buffer, index: number, kind: number, bytes: Uint8Array): void {
  preimage[0] = kind;
  preimage.set(bytes, 1);
  const digest = hash('sha256', preimage.subarray(0, 1 + bytes.byteLength), 'binary');
  nodes.write(digest, HASH_BYTES * index, 'latin1');
}

/** sha256(domain ‖ canonical {datatype, name, shape} ‖ leavesRoot): two tensors of other shape never share a root. */
export function tensorRoot(tensor: Tensor): Buffer {
  const { name, datatype, shape } = tensor;
  return sha256(TREE_DOMAIN, canonicalJson({ datatype, name, shape }), leavesRoot(tensor.data));
}

function tensorsRoot(tensors: readonly Tensor[]): Buffer {
  return sha256(TREE_DOMAIN, ...tensors.map(tensorRoot));
}

/** Everything besides tensors that determines the output. Absent options are omitted. */
export interface JobParams {
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly stop?: readonly string[];
  /** Decimal text of an unsigned 64-bit seed. */
  readonly seed?: string;
  /** Text delivered by earlier attempts: decoding goes on after it. */
  readonly deliveredPrefix?: string;
}

export function paramsHash(params: JobParams): Buffer {
  return sha256('assay/params/1', canonicalJson(params));
}

function bytesTensor(name: string, value: string): Tensor {
  const text = Buffer.from(value, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.byteLength);
  return { name, datatype: 'BYTES', shape: [1], data: Buffer.concat([length, text]) };
}

/** A prompt commits as one BYTES tensor named `prompt`. */
export function promptTensor(prompt: string): Tensor {
  return bytesTensor('prompt', prompt);
}

/** Text output commits, all its chunks joined, as one BYTES tensor named `text`; it precedes tensors of the same job. */
export function textTensor(text: string): Tensor {
  return bytesTensor('text', text);
}

/** `inputRoot = sha256(domain ‖ salt16 ‖ paramsHash ‖ treeRoot)`; the salt keeps short prompts from being guessed. */
export function inputRoot(salt16: Uint8Array, params: JobParams, tensors: readonly Tensor[]): Hex {
  if (salt16.byteLength !== 16) throw new RangeError('the input salt has 16 bytes');
  return toHex(sha256(INPUT_DOMAIN, salt16, paramsHash(params), tensorsRoot(tensors)));
}

/**
 * What `outputRoot` commits to: the text of all chunks as one BYTES tensor named `text` (where there was any), then
 * the tensors of all chunks in their order, blobs by their bytes.
 */
export function deliveredTensors(text: string, tensors: readonly Tensor[]): Tensor[] {
  return text === '' ? [...tensors] : [{ ...promptTensor(text), name: 'text' }, ...tensors];
}

export function outputRoot(tensors: readonly Tensor[]): Hex {
  return toHex(sha256(OUTPUT_DOMAIN, tensorsRoot(tensors)));
}

export const FINGERPRINT_LANES = 16;

/** `fingerprintHash = keccak256(int32[16] big endian ‖ salt16)`. */
export function fingerprintHash(lanes: Int32Array, salt16: Uint8Array): Hex {
  if (lanes.length !== FINGERPRINT_LANES || salt16.byteLength !== 16)
    throw new RangeError('16 lanes and a 16-byte salt');
  const bytes = Buffer.alloc(4 * FINGERPRINT_LANES);
  for (const [index, lane] of lanes.entries()) bytes.writeInt32BE(lane, 4 * index);
  return keccak256(Buffer.concat([bytes, salt16]));
}

/** The guarantee's chain over the receipts it pays: next = keccak256(previous ‖ receipt digest), from 32 zero bytes. */
export function chainReceipts(previous: Hex, receiptDigests: readonly Hex[]): Hex {
  return receiptDigests.reduce<Hex>(
    (head, digest) => keccak256(Buffer.from(head.slice(2) + digest.slice(2), 'hex')),
    previous,
  );
}

export const EMPTY_RECEIPTS: Hex = `0x${'00'.repeat(32)}`;
