import type { Tensor, TensorHeader } from '@assay/wire';
import { type ArenaReader, type ArenaWriter, TURN_BYTES } from './arena.ts';

/**
 * One frame between supervisor and child:
 * u32 total bytes after this word | u32 header bytes | header JSON, padded | each tensor's bytes, padded.
 * Everything little-endian; padding to 8 keeps typed-array views aligned without a copy. A tensor that the header says is
 * `at` a place of the arena has no bytes here.
 */
export const MAX_FRAME_BYTES = 1024 * 1024 * 1024;
export const MAX_HEADER_BYTES = 8 * 1024 * 1024;
const PREFIX = 8;
const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8;

interface TensorEntry extends TensorHeader {
  readonly bytes: number;
  readonly at?: number | undefined;
}

/** Below this a copy costs less than another buffer in the `writev`. */
const COPIED_BYTES = 16 * 1024;

/**
 * The buffers of one frame, ready for `writev`; large tensors go into the arena or are referenced, not copied. Throws a
 * RangeError beyond the limit.
 */
export function encodeFrame(
  message: object,
  tensors: readonly Tensor[] = [],
  arena?: ArenaWriter,
): Uint8Array[] {
  const entries = tensors.map(({ name, datatype, shape, data }) => ({
    name,
    datatype,
    shape,
    bytes: data.byteLength,
    at: arena?.place(data),
  }));
  const inline = tensors.filter((_, index) => entries[index]?.at === undefined);
  const json = JSON.stringify({ message, tensors: entries });
  const headerBytes = padded(Buffer.byteLength(json));
  const bodyBytes = inline.reduce((sum, { data }) => sum + padded(data.byteLength), 0);
  const total = 4 + headerBytes + bodyBytes;
  if (total > MAX_FRAME_BYTES) throw tooLong(total, MAX_FRAME_BYTES);
  const isCopied = bodyBytes <= COPIED_BYTES;
  const head = Buffer.alloc(PREFIX + headerBytes + (isCopied ? bodyBytes : 0));
  head.writeUInt32LE(total, 0);
  head.writeUInt32LE(headerBytes, 4);
  const written = head.write(json, PREFIX);
  head.fill(0x20, PREFIX + written, PREFIX + headerBytes);
  return isCopied
    ? [copyTensors(head, PREFIX + headerBytes, inline)]
    : [head, ...inline.flatMap(({ data }) => withPadding(data))];
}

function tooLong(bytes: number, limit: number): RangeError {
  return new RangeError(`frame of ${bytes} bytes (limit ${limit})`);
}

function copyTensors(into: Buffer, start: number, tensors: readonly Tensor[]): Buffer {
  let offset = start;
  for (const { data } of tensors) {
    into.set(data, offset);
    offset += padded(data.byteLength);
  }
  return into;
}

function withPadding(data: Uint8Array): Uint8Array[] {
  const gap = padded(data.byteLength) - data.byteLength;
  return gap > 0 ? [data, new Uint8Array(gap)] : [data];
}

export interface Frame {
  readonly message: unknown;
  readonly tensors: readonly Tensor[];
}

/** Collects socket chunks into frames. Throws a RangeError on a length beyond the limits or a malformed header. */
export class FrameReader {
  #prefix = Buffer.alloc(4);
  #prefixFilled = 0;
  #body: Buffer | undefined;
  #filled = 0;
  readonly #maxBytes: number;
  readonly #arena: ArenaReader | undefined;

  constructor(maxBytes: number = MAX_FRAME_BYTES, arena?: ArenaReader) {
    this.#maxBytes = maxBytes;
    this.#arena = arena;
  }

  *push(chunk: Uint8Array): Generator<Frame> {
    let offset = 0;
    while (offset < chunk.byteLength) {
      offset += this.#body ? this.#fillBody(chunk, offset) : this.#fillPrefix(chunk, offset);
      if (this.#body && this.#filled === this.#body.byteLength) yield this.#take(this.#body);
    }
  }

  #fillPrefix(chunk: Uint8Array, offset: number): number {
    const taken = Math.min(4 - this.#prefixFilled, chunk.byteLength - offset);
    this.#prefix.set(chunk.subarray(offset, offset + taken), this.#prefixFilled);
    this.#prefixFilled += taken;
    if (this.#prefixFilled === 4) this.#startBody(this.#prefix.readUInt32LE(0));
    return taken;
  }

  #startBody(total: number): void {
    if (total < 4 || total > this.#maxBytes) throw tooLong(total, this.#maxBytes);
    // Slow: its own ArrayBuffer at offset 0. The 4 length bytes in front keep the tensors 8-aligned.
    this.#body = Buffer.allocUnsafeSlow(4 + total);
    this.#prefix.copy(this.#body, 0);
    this.#filled = 4;
    this.#prefixFilled = 0;
  }

  #fillBody(chunk: Uint8Array, offset: number): number {
    const body = this.#body;
    if (!body) return 0;
    const taken = Math.min(body.byteLength - this.#filled, chunk.byteLength - offset);
    body.set(chunk.subarray(offset, offset + taken), this.#filled);
    this.#filled += taken;
    return taken;
  }

  #take(body: Buffer): Frame {
    this.#body = undefined;
    return decodeBody(body, this.#arena);
  }
}

function decodeBody(body: Buffer, arena: ArenaReader = noArena): Frame {
  const headerBytes = body.readUInt32LE(4);
  if (headerBytes > MAX_HEADER_BYTES || PREFIX + headerBytes > body.byteLength)
    throw new RangeError('frame header too long');
  const header: unknown = JSON.parse(body.toString('utf8', PREFIX, PREFIX + headerBytes));
  if (!isHeader(header)) throw new RangeError('frame header malformed');
  let offset = PREFIX + headerBytes;
  let placed = 0;
  const tensors = header.tensors.map(({ name, datatype, shape, bytes, at }) => {
    if (at !== undefined) placed += bytes;
    if (placed > TURN_BYTES) throw tooLong(placed, TURN_BYTES);
    if (at !== undefined) return { name, datatype, shape, data: arena(at, bytes) };
    if (!(bytes >= 0) || offset + bytes > body.byteLength)
      throw new RangeError('frame shorter than its tensors');
    const data = new Uint8Array(body.buffer, body.byteOffset + offset, bytes);
    offset += padded(bytes);
    return { name, datatype, shape, data };
  });
  return { message: header.message, tensors };
}

function noArena(at: number): never {
  throw new RangeError(`a tensor at ${at} of no arena`);
}

function isHeader(value: unknown): value is { message: unknown; tensors: TensorEntry[] } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'message' in value &&
    'tensors' in value &&
    Array.isArray(value.tensors)
  );
}
