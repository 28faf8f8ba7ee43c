import { decodeFrame, type FrameMeta, longestText } from '@assay/wire';
import { expect, it } from 'vitest';
import { releaseOutput } from './release-output.ts';

function setup() {
  const chunks: FrameMeta<'chunk'>[] = [];
  const send = (frame: Buffer) => {
    const { name, meta } = decodeFrame(frame);
    if (name === 'chunk') chunks.push(meta);
  };
  const target = { blobUrl: undefined, signal: () => new AbortController().signal };
  return { chunks, output: releaseOutput(`0x${'01'.repeat(32)}`, send, target) };
}

it('says the units of a text that takes several frames with the first, so that none is too long for what was said', () => {
  const { chunks, output } = setup();
  const text = 'x'.repeat(longestText(100));
  const tensor = { name: 'y', datatype: 'BOOL', shape: [1], data: Uint8Array.of(1) } as const;
  output.push({ text, units: 100, tensors: [tensor] });
  expect(chunks.map((chunk) => chunk.text).join('')).toBe(text);
  expect(chunks.map(({ units }) => units)).toEqual(['100', '0', '0']);
  expect(chunks.map(({ tensors }) => tensors?.length)).toEqual([undefined, undefined, 1]);
});
