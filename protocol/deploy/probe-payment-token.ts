import { Contract, type Provider, ZeroAddress, ZeroHash } from 'ethers';
import { DeploymentError } from './deployment-error.ts';

/** All amounts of a deployment's parameters, and all prices, are millionths. */
const DECIMALS = 6n;
const ABI = [
  'function decimals() view returns (uint8)',
  'function balanceOf(address) view returns (uint256)',
  'function authorizationState(address, bytes32) view returns (bool)',
] as const;

/** Throws unless what stands at the address answers like an ERC-20 with ERC-3009 and six decimals: the escrow can never change it. */
export async function probePaymentToken(provider: Provider, address: string): Promise<void> {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new DeploymentError(`${address} cannot be the payment token: ${reason}`, { cause });
  };
  if ((await provider.getCode(address)) === '0x') refuse('no contract stands there.');
  const token = new Contract(address, ABI, provider);
  const ask = (method: string, ...args: readonly unknown[]): Promise<unknown> =>
    token
      .getFunction(method)(...args)
      .catch((cause) => refuse(`it has no ${method}.`, cause));

  await ask('balanceOf', ZeroAddress);
  await ask('authorizationState', ZeroAddress, ZeroHash);
  const decimals = await ask('decimals');
  if (decimals !== DECIMALS) refuse(`it has ${decimals} decimals, not ${DECIMALS}.`);
}
