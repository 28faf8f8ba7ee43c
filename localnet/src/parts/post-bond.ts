import type { Deployment } from '@assay/wire';
import { Contract, type JsonRpcProvider, NonceManager, Wallet } from 'ethers';
import type { Actor } from '../actors.ts';

const TOKEN = ['function approve(address spender, uint256 amount) returns (bool)'];
const ESCROW = ['function bond(address gateway, uint256 amount)'];

/** The gateway's collateral against its own over-signing, in payment units. */
export async function postBond(
  rpc: JsonRpcProvider,
  deployment: Deployment,
  { gateway, amount }: { gateway: Actor; amount: bigint },
): Promise<void> {
  const { TestUSD, SessionEscrow } = deployment.contracts;
  const signer = new NonceManager(new Wallet(gateway.privateKey, rpc));
  const approve = new Contract(TestUSD, TOKEN, signer).getFunction('approve');
  const bond = new Contract(SessionEscrow, ESCROW, signer).getFunction('bond');
  await (await approve(SessionEscrow, amount)).wait();
  await (await bond(gateway.address, amount)).wait();
}
