import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packPrefix, unpackPrefix } from './delivered-prefix.ts';
import { decodeFrame, encodeFrame, type FrameMeta, LONGEST_PREFIX } from './link-frames.ts';

const hex = (byte: string, bytes = 32) => `0x${byte.repeat(bytes)}` as const;
const ticketOf = (prompt: string, deliveredPrefix?: string): FrameMeta<'ticket'> => ({
  ...{ id: hex('01'), modelId: hex('02'), inputSalt: hex('03', 16) },
  ...{ payer: hex('04', 20), key: hex('05', 20), unitPrice: '1', deadlineMs: 1 },
  ticket: {
    ...{ jobId: hex('06'), attempt: 2, sessionId: hex('07'), offerId: hex('08') },
    ...{ maxPrice: '1', deadline: '1' },
  },
  params: { maxTokens: 9, ...(deliveredPrefix === undefined ? {} : { deliveredPrefix }) },
  input: { kind: 'text', bytes: Buffer.byteLength(prompt) },
});

function travel(prompt: string, deliveredPrefix?: string) {
  const packed = packPrefix(ticketOf(prompt, deliveredPrefix), [Buffer.from(prompt)]);
  const frame = decodeFrame(encodeFrame('ticket', packed.meta, packed.body));
  if (frame.name !== 'ticket') throw new Error(`decoded as ${frame.name}`);
  return { packed, arrived: unpackPrefix(frame.meta, frame.body) };
}

test('a delivered text of any length arrives whole, and the prompt beside it', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc
      .tuple(fc.constantFrom('a', '汉', '🦉', '\u0001'), fc.nat(70_000))
      .map(([one, count]) => one.repeat(count)),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), text, (prompt, delivered) => {
      const { arrived } = travel(prompt, delivered);
      expect(arrived.meta).toEqual(ticketOf(prompt, delivered));
      expect(Buffer.from(arrived.body).toString()).toBe(prompt);
    }),
  );
});

test('a short one travels in the meta, as it always did, and none not at all', () => {
  expect(travel('p', 'x'.repeat(48 * 1024)).packed.meta).toEqual(
    ticketOf('p', 'x'.repeat(48 * 1024)),
  );
  expect(travel('p', 'x'.repeat(48 * 1024 + 1)).packed.meta).toMatchObject({
    ...{ params: { maxTokens: 9 }, input: { bytes: 1, deliveredBytes: 48 * 1024 + 1 } },
  });
  expect(travel('p').arrived.meta).toEqual(ticketOf('p'));
});

test('refuses a body of another length, no text, and more than anybody generates', () => {
  const unpack = (body: Uint8Array, deliveredBytes: number) => () =>
    unpackPrefix(
      { ...ticketOf('p'), input: { kind: 'text', bytes: 1, deliveredBytes } },
      Buffer.concat([Buffer.from('p'), body]),
    );
  const refused = (code: string) => expect.objectContaining({ code });
  expect(unpack(Buffer.from('abc'), 2)).toThrow(refused('L700'));
  expect(unpack(Buffer.from('abc'), 4)).toThrow(refused('L700'));
  expect(unpack(Buffer.from([0xff]), 1)).toThrow(refused('I103'));
  const long = Buffer.alloc(LONGEST_PREFIX + 1, 'x');
  expect(unpack(long, long.byteLength)).toThrow(refused('L700'));
});
