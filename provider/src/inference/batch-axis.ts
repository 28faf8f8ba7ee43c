import type { Manifest } from '@assay/wire';

/**
 * Axis along which a tensor's rows stack, or -1 where batch-mates must send the same value. A tensor whose batch lies
 * elsewhere (a recurrent state) says so in `parameters["batchAxis.<name>"]`.
 */
export function batchAxisOf(manifest: Manifest, tensor: string): number {
  const own = manifest.parameters[`batchAxis.${tensor}`];
  if (typeof own === 'number') return own;
  return manifest.batchAxis ?? -1;
}
