import { AssayError } from './errors.ts';
import type { JobPayload } from './intent.ts';
import type { Manifest } from './manifest.ts';
import { readWavHeader } from './read-wav-header.ts';

export interface UnitBound {
  /** What the price is held for, and what a provider may compute. */
  readonly most: number;
  /** What is likely, for the time it takes. */
  readonly expected: number;
}

/** What applies where a manifest states nothing. */
const DEFAULTS = {
  defaultMaxTokens: 128,
  maxTokens: 4_096,
  contextLength: 512,
  maxTexts: 256,
  maxSeconds: 600,
} as const;

/** A text has no more tokens than bytes, and those that tokenizers put around it. */
const TOKENS_AROUND = 8;
const BYTES_PER_TOKEN = 4;

/**
 * How many metering units a job can cost. Gateway and provider both ask here, so that what is held, admitted and
 * computed is the same. Throws I102 where the job asks for more than the model gives, I103 for input that cannot be measured.
 */
export function boundUnits(manifest: Manifest, payload: JobPayload): UnitBound {
  switch (manifest.task) {
    case 'text-generation':
      return generatedTokens(manifest, payload.params.maxTokens);
    case 'embedding':
      return manifest.unit === 'token' ? textTokens(manifest, payload) : exactly(1);
    case 'vad':
      return soundSeconds(manifest, payload);
    case 'tensor':
    case 'image-classification':
    case 'ocr':
      return exactly(1);
  }
}

/** For a quote before there is an input. */
export function defaultUnits(manifest: Manifest): number {
  if (manifest.task === 'text-generation') return generatedTokens(manifest, undefined).most;
  if (manifest.task === 'embedding' && manifest.unit === 'token')
    return numberOf(manifest, 'contextLength');
  return 1;
}

const exactly = (units: number): UnitBound => ({ most: units, expected: units });

function generatedTokens(manifest: Manifest, asked: number | undefined): UnitBound {
  const limit = numberOf(manifest, 'maxTokens');
  const tokens = asked ?? Math.min(numberOf(manifest, 'defaultMaxTokens'), limit);
  if (tokens <= limit) return exactly(Math.max(1, Math.ceil(tokens)));
  throw new AssayError('I102', {
    details: { maxTokens: tokens, limit },
    hint: 'Lower maxTokens.',
  });
}

function textTokens(manifest: Manifest, payload: JobPayload): UnitBound {
  const limit = numberOf(manifest, 'contextLength');
  const lengths =
    payload.kind === 'text'
      ? [Buffer.byteLength(payload.prompt)]
      : textLengths(payload.tensors[0]?.data ?? new Uint8Array());
  const texts = numberOf(manifest, 'maxTexts');
  if (lengths.length > texts)
    throw new AssayError('I102', {
      details: { texts: lengths.length, limit: texts },
      hint: 'Send fewer texts in one job.',
    });
  const sum = (tokensOf: (bytes: number) => number): number =>
    lengths.reduce((total, bytes) => total + Math.min(limit, Math.ceil(tokensOf(bytes))), 0);
  return {
    most: Math.max(
      1,
      sum((bytes) => bytes + TOKENS_AROUND),
    ),
    expected: Math.max(
      1,
      sum((bytes) => bytes / BYTES_PER_TOKEN + 1),
    ),
  };
}

/** Bytes of each element of a BYTES tensor. */
function textLengths(data: Uint8Array): number[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const lengths: number[] = [];
  for (let offset = 0; offset < data.byteLength; ) {
    const bytes = offset + 4 <= data.byteLength ? view.getUint32(offset, true) : data.byteLength;
    offset += 4 + bytes;
    if (offset > data.byteLength) throw malformed('a text is cut off');
    lengths.push(bytes);
  }
  return lengths;
}

function soundSeconds(manifest: Manifest, payload: JobPayload): UnitBound {
  const data = payload.kind === 'tensors' ? payload.tensors[0]?.data : undefined;
  const header = readWavHeader(data ?? new Uint8Array());
  if ('reason' in header) {
    const { reason, ...facts } = header;
    throw malformed(reason, facts);
  }
  const seconds = header.frames / header.sampleRate;
  const limit = numberOf(manifest, 'maxSeconds');
  if (seconds > limit)
    throw new AssayError('I102', {
      details: { seconds: Math.ceil(seconds), limit },
      hint: 'Cut the sound into shorter pieces.',
    });
  return exactly(Math.max(1, Math.ceil(seconds)));
}

function malformed(reason: string, facts: object = {}): AssayError {
  return new AssayError('I103', { details: { reason, ...facts } });
}

function numberOf({ parameters }: Manifest, name: keyof typeof DEFAULTS): number {
  const value = parameters[name];
  return typeof value === 'number' && value >= 1 ? Math.floor(value) : DEFAULTS[name];
}
