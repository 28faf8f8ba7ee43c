import { InferenceFault } from '../inference-fault.ts';

export interface Sound {
  readonly sampleRate: number;
  /** Mono, -1 to 1. */
  readonly samples: Float32Array;
}

interface Format {
  readonly encoding: number;
  readonly channels: number;
  readonly sampleRate: number;
  readonly bits: number;
}

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;

/** Reads a RIFF WAVE file (PCM of 8 to 32 bits or 32-bit float), mixing its channels. Throws P303 on anything else. */
export function readWav(bytes: Uint8Array, maxSeconds: number): Sound {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 12 || tag(view, 0) !== 'RIFF' || tag(view, 8) !== 'WAVE')
    throw refuse('the audio is not a RIFF WAVE file');
  let format: Format | undefined;
  for (let offset = 12; offset + 8 <= view.byteLength; ) {
    const id = tag(view, offset);
    const size = view.getUint32(offset + 4, true);
    const start = offset + 8;
    if (id === 'fmt ') format = readFormat(view, start, size);
    // Streaming writers leave the size open: what is there counts.
    if (id === 'data')
      return mix(view, start, Math.min(size, view.byteLength - start), format, maxSeconds);
    offset = start + size + (size & 1);
  }
  throw refuse('the WAVE file has no data chunk');
}

function refuse(reason: string, details: object = {}): InferenceFault {
  return new InferenceFault('P303', {
    details: { input: 'audio', reason, ...details },
    hint: 'Send a WAV file: PCM or 32-bit float.',
  });
}

function tag(view: DataView, offset: number): string {
  return String.fromCharCode(
    view.getUint8(offset),
    view.getUint8(offset + 1),
    view.getUint8(offset + 2),
    view.getUint8(offset + 3),
  );
}

function readFormat(view: DataView, start: number, size: number): Format {
  if (size < 16 || start + size > view.byteLength) throw refuse('the WAVE header is truncated');
  const stated = view.getUint16(start, true);
  const encoding = stated === EXTENSIBLE && size >= 26 ? view.getUint16(start + 24, true) : stated;
  const format = {
    encoding,
    channels: view.getUint16(start + 2, true),
    sampleRate: view.getUint32(start + 4, true),
    bits: view.getUint16(start + 14, true),
  };
  const supported =
    encoding === PCM
      ? [8, 16, 24, 32].includes(format.bits)
      : encoding === FLOAT && format.bits === 32;
  if (!supported)
    throw refuse('the WAVE encoding is not supported', { encoding, bits: format.bits });
  if (format.channels < 1 || format.channels > 8)
    throw refuse('the number of channels is not 1 to 8', { channels: format.channels });
  if (format.sampleRate < 4_000 || format.sampleRate > 192_000)
    throw refuse('the sample rate is not 4 to 192 kHz', { sampleRate: format.sampleRate });
  return format;
}

function mix(
  view: DataView,
  start: number,
  bytes: number,
  format: Format | undefined,
  maxSeconds: number,
): Sound {
  if (!format) throw refuse('the WAVE file has data before its format');
  const { channels, bits, sampleRate } = format;
  const frameBytes = (channels * bits) / 8;
  const frames = Math.floor(bytes / frameBytes);
  if (frames > maxSeconds * sampleRate)
    throw refuse('the audio is too long', {
      seconds: Math.ceil(frames / sampleRate),
      limitSeconds: maxSeconds,
    });
  const sample = sampleReader(view, format);
  const samples = new Float32Array(frames);
  for (let frame = 0; frame < frames; frame++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++)
      sum += sample(start + frame * frameBytes + (channel * bits) / 8);
    samples[frame] = sum / channels;
  }
  return { sampleRate, samples };
}

function sampleReader(view: DataView, { encoding, bits }: Format): (offset: number) => number {
  if (encoding === FLOAT) {
    return (offset) => {
      const value = view.getFloat32(offset, true);
      return Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : 0;
    };
  }
  if (bits === 8) return (offset) => (view.getUint8(offset) - 128) / 128;
  if (bits === 16) return (offset) => view.getInt16(offset, true) / 32_768;
  if (bits === 24)
    return (offset) =>
      ((view.getInt8(offset + 2) << 16) | view.getUint16(offset, true)) / 8_388_608;
  return (offset) => view.getInt32(offset, true) / 2_147_483_648;
}
