import { getCreate2Address, id, keccak256, type Provider, type Signer, Transaction } from 'ethers';
import { DeploymentError } from './deployment-error.ts';

/**
 * The keyless CREATE2 factory that most chains, and anvil, carry at this address. An address it creates is a hash of
 * the whole creation code with its arguments: whatever code stands there is ours, so a deployment needs no
 * record of its own to be resumed, and a nonce used by something else cannot derail it.
 */
export const FACTORY = '0x4e59b44847b379578588920cA78FbF26c0B4956C';
const FACTORY_CODE =
  '0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3';
const FACTORY_TRANSACTION =
  '0xf8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba02222222222222222222222222222222222222222222222222222222222222222a02222222222222222222222222222222222222222222222222222222222222222';

export const SALT = id('assay/1');

export const addressOf = (creationCode: string): string =>
  getCreate2Address(FACTORY, SALT, keccak256(creationCode));

export const creationCall = (creationCode: string): { to: string; data: string } => ({
  to: FACTORY,
  data: SALT + creationCode.slice(2),
});

/** Installs the factory with its presigned transaction where a chain lacks it. */
export async function ensureFactory(provider: Provider, deployer: Signer): Promise<void> {
  const code = await provider.getCode(FACTORY);
  if (code === FACTORY_CODE) return;
  if (code !== '0x')
    throw new DeploymentError(`Other code than the CREATE2 factory stands at ${FACTORY}.`);
  const { from, gasLimit, gasPrice } = Transaction.from(FACTORY_TRANSACTION);
  const missing = gasLimit * (gasPrice ?? 0n) - (await provider.getBalance(from ?? ''));
  if (missing > 0n) {
    const funding = await deployer.sendTransaction({ to: from, value: missing });
    await funding.wait();
  }
  const creation = await provider.broadcastTransaction(FACTORY_TRANSACTION);
  await creation.wait();
}
