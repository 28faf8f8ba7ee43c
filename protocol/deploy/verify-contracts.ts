import { getBytes, keccak256, type Provider } from 'ethers';
import { DeploymentError } from './deployment-error.ts';
import type { PlannedContract, Runtime } from './plan.ts';

const WORD = 32;

/** Throws unless every planned contract stands where it was planned, with the code that was compiled. */
export async function verifyContracts(
  provider: Provider,
  plan: readonly PlannedContract[],
): Promise<void> {
  for (const { name, address, runtime } of plan) {
    const code = await provider.getCode(address);
    if (code === '0x')
      throw new DeploymentError(`${name} is missing at ${address}; run the deployment again.`);
    if (runtime !== undefined && maskedHash(code, runtime) !== runtime.hash)
      throw new DeploymentError(
        `Other code than ${name}'s stands at ${address}: this chain is not what it says, or creates contracts in its own way.`,
      );
  }
}

/** Immutables are a constructor's arguments, and those are part of the address already. */
function maskedHash(code: string, { immutables }: Runtime): string {
  const bytes = getBytes(code);
  for (const start of immutables) bytes.fill(0, start, start + WORD);
  return keccak256(bytes);
}
