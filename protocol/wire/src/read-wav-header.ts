export interface WavHeader {
  readonly encoding: 'integer' | 'float';
  readonly channels: number;
  readonly sampleRate: number;
  readonly bits: number;
  /** Where the samples begin, and how many frames of all channels there really are. */
  readonly dataStart: number;
  readonly frames: number;
}

/** Why it is no WAV file that this market takes. */
export interface WavFault {
  readonly reason: string;
  readonly [fact: string]: unknown;
}

type Format = Omit<WavHeader, 'dataStart' | 'frames'>;

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;

/**
 * Header of a RIFF WAVE file: PCM of 8 to 32 bits or 32-bit float. How long the sound is follows from the bytes that
 * are there; a header that contradicts itself is a fault. Imports nothing, so that inference children can use it too:
 * who prices a sound and who decodes it must agree on its length.
 */
export function readWavHeader(bytes: Uint8Array): WavHeader | WavFault {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 12 || tag(view, 0) !== 'RIFF' || tag(view, 8) !== 'WAVE')
    return { reason: 'the audio is not a RIFF WAVE file' };
  let format: Format | WavFault = { reason: 'the WAVE file has data before its format' };
  for (let offset = 12; offset + 8 <= view.byteLength; ) {
    const id = tag(view, offset);
    const size = view.getUint32(offset + 4, true);
    const start = offset + 8;
    if (id === 'fmt ') format = readFormat(view, start, size);
    if (id === 'data') return withData(format, start, Math.min(size, view.byteLength - start));
    offset = start + size + (size & 1);
  }
  return { reason: 'the WAVE file has no data chunk' };
}

/** Streaming writers leave the size of the data open: what is there counts. */
function withData(format: Format | WavFault, dataStart: number, bytes: number) {
  if ('reason' in format) return format;
  const frames = Math.floor(bytes / ((format.channels * format.bits) / 8));
  return { ...format, dataStart, frames };
}

function tag(view: DataView, offset: number): string {
  const codes = [0, 1, 2, 3].map((index) => view.getUint8(offset + index));
  return String.fromCharCode(...codes);
}

function readFormat(view: DataView, start: number, size: number): Format | WavFault {
  if (size < 16 || start + size > view.byteLength)
    return { reason: 'the WAVE header is truncated' };
  const stated = view.getUint16(start, true);
  const encoding = stated === EXTENSIBLE && size >= 26 ? view.getUint16(start + 24, true) : stated;
  const channels = view.getUint16(start + 2, true);
  const sampleRate = view.getUint32(start + 4, true);
  const bits = view.getUint16(start + 14, true);
  const supported =
    encoding === PCM ? [8, 16, 24, 32].includes(bits) : encoding === FLOAT && bits === 32;
  if (!supported) return { reason: 'the WAVE encoding is not supported', encoding, bits };
  if (channels < 1 || channels > 8)
    return { reason: 'the number of channels is not 1 to 8', channels };
  if (sampleRate < 4_000 || sampleRate > 192_000)
    return { reason: 'the sample rate is not 4 to 192 kHz', sampleRate };
  const frameBytes = (channels * bits) / 8;
  const byteRate = view.getUint32(start + 8, true);
  const blockAlign = view.getUint16(start + 12, true);
  if (byteRate !== frameBytes * sampleRate || blockAlign !== frameBytes)
    return { reason: 'the WAVE header contradicts itself', byteRate, blockAlign };
  return { encoding: encoding === FLOAT ? 'float' : 'integer', channels, sampleRate, bits };
}
