import { fromHex } from './bytes.ts';
import { deliveredTensors, inputRoot, type JobParams, outputRoot } from './commitment.ts';
import { type Domain, digestOf, type Receipt } from './eip712.ts';
import type { Evidence } from './evidence.ts';
import type { Hex } from './units.ts';

/** What the chain says of a dispute. */
export interface DisputeTerms {
  readonly modelId: Hex;
  readonly receipt: Hex;
  readonly inputRoot: Hex;
}

/** Why evidence is not of this dispute, or undefined when every root fits: whoever handed it over need not be trusted. */
export function evidenceFault(
  evidence: Evidence,
  terms: DisputeTerms,
  domain: Domain,
): string | undefined {
  const receipt = receiptOf(evidence);
  if (evidence.modelId !== terms.modelId) return 'another model';
  if (digestOf(domain, 'Receipt', receipt) !== terms.receipt) return 'another receipt';
  const asked = inputRoot(fromHex(evidence.inputSalt), paramsOf(evidence), evidence.input);
  if (asked !== terms.inputRoot || receipt.inputRoot !== terms.inputRoot) return 'another input';
  const delivered = outputRoot(deliveredTensors(evidence.text, evidence.output));
  return delivered === receipt.outputRoot ? undefined : 'another output';
}

export function paramsOf({ params }: Evidence): JobParams {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));
}

function receiptOf({ receipt }: Evidence): Receipt {
  const { units, price, startedAt, finishedAt, ...hashes } = receipt;
  return {
    ...hashes,
    units: BigInt(units),
    price: BigInt(price),
    startedAt: BigInt(startedAt),
    finishedAt: BigInt(finishedAt),
  };
}
