import {
  modelRegistryAbi as modelRegistry,
  providerRegistryAbi as providerRegistry,
  sessionEscrowAbi as sessionEscrow,
  testUsdAbi,
} from '@assay/wire';
import { Interface } from 'ethers';

export const modelRegistryAbi = new Interface(modelRegistry);
export const providerRegistryAbi = new Interface(providerRegistry);
export const sessionEscrowAbi = new Interface(sessionEscrow);
export const tokenAbi = new Interface(testUsdAbi);

/** The name and arguments of a contract's error, whichever of the two contracts of a relayed call raised it. */
export function explainRevert(data: string): string | undefined {
  for (const abi of [sessionEscrowAbi, tokenAbi]) {
    const error = abi.parseError(data);
    if (error !== null) return `${error.name}(${error.args.join(', ')})`;
  }
  return undefined;
}
