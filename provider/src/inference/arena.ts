import { readSync, writeSync } from 'node:fs';

/** Where a child finds it, if its supervisor has one. */
export const ARENA_FD = 4;
/** Smaller tensors are cheaper in the frame itself. */
const SMALLEST_BYTES = 64 * 1024;
/** So that the other end may look at what it copied as numbers of any size. */
const ALIGNMENT = 8;
export const TURN_BYTES = 16 * 1024 * 1024;
const TURNS = 2;
const STARTS = { inputs: 0, outputs: TURNS * TURN_BYTES } as const;
export const ARENA_BYTES = 2 * TURNS * TURN_BYTES;
/** What a child keeps a copy of. */
export const MIRROR_BYTES = TURNS * TURN_BYTES;

/** The supervisor writes inputs, the child outputs. */
export type ArenaPart = keyof typeof STARTS;

/**
 * One direction of the memory that a supervisor shares with a child: a file without a name, open in both. A large tensor
 * goes through it in one piece; a socket takes it in pieces, each when both ends have time.
 *
 * Every batch is a turn, and turns alternate between two places. A child has two batches at most and both ends copy what
 * they are told of at once, so a place is read before it is written again.
 */
export interface ArenaWriter {
  /** The next batch begins. */
  turn(): void;
  /** Where the bytes are now; undefined where they have to travel in the frame. */
  place(data: Uint8Array): number | undefined;
}

export function arenaWriter(fd: number, part: ArenaPart): ArenaWriter {
  let turns = 0;
  let start: number = STARTS[part];
  let used = 0;
  return {
    turn() {
      turns += 1;
      start = STARTS[part] + (turns % TURNS) * TURN_BYTES;
      used = 0;
    },
    place(data) {
      const { byteLength } = data;
      if (byteLength < SMALLEST_BYTES || used + byteLength > TURN_BYTES) return undefined;
      const at = start + used;
      if (!isWritten(fd, data, at)) return undefined;
      used += ALIGNMENT * Math.ceil(byteLength / ALIGNMENT);
      return at;
    },
  };
}

/** False where the memory behind it is full. */
function isWritten(fd: number, data: Uint8Array, at: number): boolean {
  try {
    return writeSync(fd, data, 0, data.byteLength, at) === data.byteLength;
  } catch {
    return false;
  }
}

export type ArenaReader = (at: number, bytes: number) => Uint8Array;

/** Copies out what the other end placed, which it may change at any time. Throws a RangeError where there is no such place. */
export function arenaReader(fd: number, part: ArenaPart): ArenaReader {
  return (at, bytes) => {
    checkPlace(part, at, bytes);
    return readAll(fd, Buffer.allocUnsafeSlow(bytes), at);
  };
}

/** The same into the same memory again and again, for an end that is done with a turn when the turn after the next begins. */
export function arenaMirror(fd: number, part: ArenaPart): ArenaReader {
  let mirror: Buffer | undefined;
  return (at, bytes) => {
    checkPlace(part, at, bytes);
    mirror ??= Buffer.allocUnsafeSlow(MIRROR_BYTES);
    const start = at - STARTS[part];
    return readAll(fd, mirror.subarray(start, start + bytes), at);
  };
}

function checkPlace(part: ArenaPart, at: number, bytes: number): void {
  const [first, end] = [STARTS[part], STARTS[part] + TURNS * TURN_BYTES];
  const isWhole = Number.isSafeInteger(at) && Number.isSafeInteger(bytes);
  if (!isWhole || at < first || bytes < 0 || at + bytes > end) throw noPlace(at, bytes);
}

function readAll(fd: number, into: Buffer, at: number): Uint8Array {
  const bytes = into.byteLength;
  if (readSync(fd, into, 0, bytes, at) === bytes) return into;
  throw noPlace(at, bytes);
}

const noPlace = (at: number, bytes: number): RangeError =>
  new RangeError(`no tensor of ${bytes} bytes at ${at}`);
