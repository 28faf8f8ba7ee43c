import { TENSOR_LIMITS, type Tensor, tensorFault, tensorHeaderSchema } from '@assay/wire';

/** What is wrong with outputs a child reports, or undefined: whoever reads them further trusts header, bytes and number. */
export function outputFault(outputs: readonly Tensor[]): string | undefined {
  if (outputs.length > TENSOR_LIMITS.perJob)
    return `${outputs.length} outputs, of which a job carries ${TENSOR_LIMITS.perJob} at most`;
  for (const tensor of outputs) {
    const header = tensorHeaderSchema.safeParse(tensor);
    const fault = header.success ? tensorFault(tensor) : 'has a malformed header';
    if (fault) return `output ${String(tensor.name).slice(0, 64)} ${fault}`;
  }
  return undefined;
}
