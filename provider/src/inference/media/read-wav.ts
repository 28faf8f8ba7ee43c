import { readWavHeader, type WavHeader } from '@assay/wire/read-wav-header';
import { InferenceFault } from '../inference-fault.ts';

export interface Sound {
  readonly sampleRate: number;
  /** Mono, -1 to 1. */
  readonly samples: Float32Array;
}

/**
 * Reads a WAV file, mixing its channels. `admit` hears its length before anything is decoded, and may throw. Throws P303
 * on anything else, and on more than `maxSeconds`.
 */
export function readWav(
  bytes: Uint8Array,
  maxSeconds: number,
  admit: (seconds: number) => void = () => {},
): Sound {
  const header = readWavHeader(bytes);
  if ('reason' in header) throw refuse(header);
  const seconds = header.frames / header.sampleRate;
  if (seconds > maxSeconds)
    throw refuse({
      reason: 'the audio is too long',
      seconds: Math.ceil(seconds),
      limitSeconds: maxSeconds,
    });
  admit(seconds);
  return mix(header, bytes);
}

function refuse(details: object): InferenceFault {
  return new InferenceFault('P303', {
    details: { input: 'audio', ...details },
    hint: 'Send a WAV file: PCM or 32-bit float.',
  });
}

function mix(header: WavHeader, bytes: Uint8Array): Sound {
  const { channels, bits, sampleRate, frames, dataStart } = header;
  const frameBytes = (channels * bits) / 8;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sample = sampleReader(view, header);
  const samples = new Float32Array(frames);
  for (let frame = 0; frame < frames; frame++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++)
      sum += sample(dataStart + frame * frameBytes + (channel * bits) / 8);
    samples[frame] = sum / channels;
  }
  return { sampleRate, samples };
}

function sampleReader(view: DataView, { encoding, bits }: WavHeader): (offset: number) => number {
  if (encoding === 'float') {
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
