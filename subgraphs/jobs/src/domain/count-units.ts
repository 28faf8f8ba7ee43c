import { AssayError, type JobPayload, type Manifest } from '@assay/wire';

export interface UnitCount {
  /** Units the price is held for. */
  readonly most: bigint;
  /** Units expected, for the latency. */
  readonly expected: number;
}

/** The provider's own defaults for manifests that state none. */
const DEFAULT_MAX_TOKENS = 128;
const MOST_TOKENS = 4_096;
const DEFAULT_MAX_SECONDS = 600;

/** How many metering units a job can cost at most. Throws I102 where it asks for more than the model gives. */
export function countUnits(manifest: Manifest, payload: JobPayload): UnitCount {
  if (manifest.unit === 'request') return { most: 1n, expected: 1 };
  if (manifest.unit === 'token') return countTokens(manifest, payload.params.maxTokens);
  const seconds = Math.min(
    soundSeconds(payload),
    numberOf(manifest, 'maxSeconds', DEFAULT_MAX_SECONDS),
  );
  return { most: BigInt(seconds), expected: seconds };
}

/** For a quote without the payload. */
export function defaultUnits(manifest: Manifest): bigint {
  if (manifest.unit === 'token') return countTokens(manifest, undefined).most;
  return 1n;
}

function countTokens(manifest: Manifest, asked: number | undefined): UnitCount {
  const limit = numberOf(manifest, 'maxTokens', MOST_TOKENS);
  const tokens =
    asked ?? numberOf(manifest, 'defaultMaxTokens', Math.min(DEFAULT_MAX_TOKENS, limit));
  if (tokens > limit)
    throw new AssayError('I102', {
      details: { maxTokens: tokens, limit },
      hint: 'Lower maxTokens.',
    });
  return { most: BigInt(tokens), expected: tokens };
}

const WAV_HEADER = 44;

/** From the bytes per second that a WAV file states; 16-bit mono at 16 kHz where it states none. */
function soundSeconds(payload: JobPayload): number {
  if (payload.kind === 'text') return 1;
  const data = payload.tensors[0]?.data ?? new Uint8Array();
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const isWav = data.byteLength > WAV_HEADER && view.getUint32(0, false) === 0x52494646;
  const stated = isWav ? view.getUint32(28, true) : 0;
  return Math.max(1, Math.ceil(data.byteLength / (stated > 0 ? stated : 32_000)));
}

function numberOf(manifest: Manifest, name: string, fallback: number): number {
  const value = manifest.parameters[name];
  return typeof value === 'number' ? value : fallback;
}
