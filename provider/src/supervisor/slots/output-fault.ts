import { type Tensor, tensorFault, tensorHeaderSchema } from '@assay/wire';

/** What is wrong with an output a child reports, or undefined: whoever reads it further trusts header and bytes to agree. */
export function outputFault(outputs: readonly Tensor[]): string | undefined {
  for (const tensor of outputs) {
    const header = tensorHeaderSchema.safeParse(tensor);
    const fault = header.success ? tensorFault(tensor) : 'has a malformed header';
    if (fault) return `output ${String(tensor.name).slice(0, 64)} ${fault}`;
  }
  return undefined;
}
