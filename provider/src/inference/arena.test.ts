import { closeSync, fstatSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { openArena } from '../supervisor/slots/open-arena.ts';
import { ARENA_BYTES, arenaMirror, arenaReader, arenaWriter } from './arena.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

function setup(): number {
  const fd = openArena(tmpdir());
  if (fd === undefined) throw new Error('no arena in the temporary directory');
  onTestFinished(() => closeSync(fd));
  return fd;
}
const filled = (bytes: number, value: number): Uint8Array => new Uint8Array(bytes).fill(value);

test('what is placed is read at the other end, as long as its turn and the next one last', () => {
  const fd = setup();
  const [writer, read] = [arenaWriter(fd, 'inputs'), arenaReader(fd, 'inputs')];
  const place = (value: number): number => {
    writer.turn();
    return writer.place(filled(100 * KIB, value)) ?? Number.NaN;
  };
  const [first, second] = [place(1), place(2)];
  expect([read(first, 100 * KIB)[99], read(second, 100 * KIB)[99]]).toEqual([1, 2]);
  expect(place(3)).toBe(first);
});

test('a mirror keeps a turn until the turn after the next, in the same memory', () => {
  const fd = setup();
  const [writer, read] = [arenaWriter(fd, 'inputs'), arenaMirror(fd, 'inputs')];
  const pass = (value: number): Uint8Array => {
    writer.turn();
    writer.place(filled(100 * KIB + 3, value));
    return read(writer.place(filled(100 * KIB, value)) ?? Number.NaN, 100 * KIB);
  };
  const [first, second] = [pass(1), pass(2)];
  expect([first[0], second[0], first.byteOffset % 8, second.byteOffset % 8]).toEqual([1, 2, 0, 0]);
  const third = pass(3);
  expect([first[0], second[0], third.byteOffset]).toEqual([3, 2, first.byteOffset]);
});

test('both directions have places of their own', () => {
  const fd = setup();
  const at = arenaWriter(fd, 'inputs').place(filled(100 * KIB, 1)) ?? Number.NaN;
  arenaWriter(fd, 'outputs').place(filled(100 * KIB, 2));
  expect(arenaReader(fd, 'inputs')(at, 100 * KIB)[0]).toBe(1);
  expect(() => arenaReader(fd, 'outputs')(at, 100 * KIB)).toThrow(RangeError);
});

test('small tensors, those beyond a turn’s room and those a full disk has none for travel in the frame', () => {
  const writer = arenaWriter(setup(), 'inputs');
  expect(writer.place(filled(64 * KIB - 1, 1))).toBeUndefined();
  expect(writer.place(filled(12 * MIB, 1))).toBe(0);
  expect(writer.place(filled(5 * MIB, 1))).toBeUndefined();
  expect(writer.place(filled(4 * MIB, 1))).toBe(12 * MIB);
  writer.turn();
  expect(writer.place(filled(16 * MIB, 1))).toBe(16 * MIB);
  expect(arenaWriter(-1, 'inputs').place(filled(100 * KIB, 1))).toBeUndefined();
});

test('a place that the other end made up is refused, whatever it is', () => {
  const fd = setup();
  writeSync(fd, filled(1, 1), 0, 1, 100 * KIB - 1);
  expect(fstatSync(fd).size).toBe(100 * KIB);
  const readers = [arenaReader(fd, 'inputs'), arenaMirror(fd, 'inputs')];
  const number = fc.oneof(fc.double(), fc.integer(), fc.maxSafeInteger(), fc.constant(ARENA_BYTES));
  fc.assert(
    fc.property(number, number, (at, bytes) => {
      const isThere =
        Number.isInteger(at) &&
        Number.isInteger(bytes) &&
        at >= 0 &&
        bytes >= 0 &&
        at + bytes <= 100 * KIB;
      for (const read of readers)
        if (isThere) expect(read(at, bytes).byteLength).toBe(Math.abs(bytes));
        else expect(() => read(at, bytes)).toThrow(RangeError);
    }),
    { examples: [[0, -0]] },
  );
});
