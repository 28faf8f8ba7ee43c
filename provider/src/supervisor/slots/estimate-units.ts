import type { Manifest } from '@assay/wire';
import type { GenerationParams } from './slot-types.ts';

/** Bytes of one second of the most common sound: 16 kHz, 16 bit, mono. */
const BYTES_PER_SECOND = 32_000;

/** As much of a request as the estimate needs: of tensors that are not there yet, their announced length. */
export interface EstimatedRequest {
  readonly params: GenerationParams;
  readonly input:
    | { readonly kind: 'text' }
    | {
        readonly kind: 'tensors';
        readonly tensors: readonly { readonly data: { readonly byteLength: number } }[];
      };
}

/** Units a request is expected to cost, before anything is decoded: for admission and for price limits. */
export function estimateUnits(manifest: Manifest, { input, params }: EstimatedRequest): number {
  if (manifest.unit === 'request') return 1;
  if (manifest.unit === 'token') {
    const fallback = manifest.parameters.defaultMaxTokens;
    return (
      params.forcedTokens?.length ??
      params.maxTokens ??
      (typeof fallback === 'number' ? fallback : 128)
    );
  }
  const bytes =
    input.kind === 'tensors'
      ? input.tensors.reduce((sum, { data }) => sum + data.byteLength, 0)
      : 0;
  return Math.max(1, Math.ceil(bytes / BYTES_PER_SECOND));
}
