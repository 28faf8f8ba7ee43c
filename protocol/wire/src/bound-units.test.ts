import { expect, it } from 'vitest';
import { boundUnits, defaultUnits } from './bound-units.ts';
import type { JobPayload } from './intent.ts';
import { type Manifest, manifestSchema } from './manifest.ts';

function manifest(task: Manifest['task'], parameters: Manifest['parameters'] = {}): Manifest {
  const unit = { vad: 'second', embedding: 'token', 'text-generation': 'token' }[task as string];
  return manifestSchema.parse({
    name: 'm',
    version: '1',
    task,
    unit: unit ?? 'request',
    licence: 'MIT',
    files: [{ path: 'model.onnx', role: 'model', sha256: `0x${'0'.repeat(64)}`, bytes: 1 }],
    inputs: [],
    outputs: [],
    opset: 17,
    ops: [],
    peakMemoryBytes: 1,
    parameters,
  });
}

const text = (prompt: string, params: JobPayload['params'] = {}): JobPayload => ({
  kind: 'text',
  prompt,
  params,
});
const tensor = (name: string, data: Uint8Array, params: JobPayload['params'] = {}): JobPayload => ({
  kind: 'tensors',
  tensors: [{ name, datatype: 'UINT8', shape: [data.byteLength], data }],
  params,
});
const texts = (...all: string[]) =>
  tensor(
    'text',
    Buffer.concat(
      all.flatMap((each) => {
        const length = Buffer.alloc(4);
        length.writeUInt32LE(Buffer.byteLength(each));
        return [length, Buffer.from(each)];
      }),
    ),
    { maxTokens: 1 },
  );

function wav(seconds: number, changes: { byteRate?: number; blockAlign?: number } = {}) {
  const bytes = Buffer.alloc(44 + seconds * 32_000);
  bytes.write('RIFF', 0);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(16_000, 24);
  bytes.writeUInt32LE(changes.byteRate ?? 32_000, 28);
  bytes.writeUInt16LE(changes.blockAlign ?? 2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(seconds * 32_000, 40);
  return bytes;
}

it('counts the tokens of embedded texts by their bytes, whatever maxTokens says', () => {
  const long = 'x'.repeat(10_000);
  const many = boundUnits(manifest('embedding'), texts(...new Array<string>(256).fill(long)));
  expect(many).toEqual({ most: 256 * 512, expected: 256 * 512 });
  const short = boundUnits(manifest('embedding'), texts('hello', 'world'));
  expect(short.most).toBe(2 * (5 + 8));
  expect(short.expected).toBeLessThan(short.most);
  const one = boundUnits(
    manifest('embedding', { contextLength: 64 }),
    text(long, { maxTokens: 1 }),
  );
  expect(one.most).toBe(64);
});

it('refuses more texts than the model takes, and texts that are cut off', () => {
  expect(() => boundUnits(manifest('embedding', { maxTexts: 1 }), texts('a', 'b'))).toThrow(
    expect.objectContaining({ code: 'I102', details: { texts: 2, limit: 1 } }),
  );
  for (const cut of [Buffer.from([9, 0, 0, 0, 1]), Buffer.from([1])])
    expect(() => boundUnits(manifest('embedding'), tensor('text', cut))).toThrow(
      expect.objectContaining({ code: 'I103' }),
    );
});

it('counts the seconds that are there, and refuses a header that states others', () => {
  expect(boundUnits(manifest('vad'), tensor('audio', wav(600))).most).toBe(600);
  expect(boundUnits(manifest('vad'), tensor('audio', wav(0))).most).toBe(1);
  for (const lie of [{ byteRate: 0xffff_ffff }, { byteRate: 0 }, { blockAlign: 4 }])
    expect(() => boundUnits(manifest('vad'), tensor('audio', wav(600, lie)))).toThrow(
      expect.objectContaining({
        code: 'I103',
        details: expect.objectContaining({ reason: 'the WAVE header contradicts itself' }),
      }),
    );
  expect(() => boundUnits(manifest('vad'), tensor('audio', Buffer.from('ID3')))).toThrow(
    expect.objectContaining({ code: 'I103' }),
  );
  expect(() => boundUnits(manifest('vad', { maxSeconds: 10 }), tensor('audio', wav(11)))).toThrow(
    expect.objectContaining({ code: 'I102', details: { seconds: 11, limit: 10 } }),
  );
});

it('holds generation to what is asked for and to the model’s limit', () => {
  const model = manifest('text-generation', { maxTokens: 100 });
  expect(boundUnits(model, text('a', { maxTokens: 7 })).most).toBe(7);
  expect(boundUnits(model, text('a')).most).toBe(100);
  expect(() => boundUnits(model, text('a', { maxTokens: 101 }))).toThrow(
    expect.objectContaining({ code: 'I102' }),
  );
  expect(boundUnits(manifest('tensor'), tensor('x', Buffer.alloc(9))).most).toBe(1);
});

it('quotes a whole context where the texts are not there yet', () => {
  expect(defaultUnits(manifest('embedding', { contextLength: 64 }))).toBe(64);
  expect(defaultUnits(manifest('text-generation'))).toBe(128);
  expect(defaultUnits(manifest('vad'))).toBe(1);
});
