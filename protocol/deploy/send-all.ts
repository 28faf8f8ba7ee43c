import type { Signer, TransactionReceipt, TransactionRequest } from 'ethers';
import { DeploymentError } from './deployment-error.ts';

/** More than the dearest contract needs; a gas estimate would fail before the transactions ahead of it are mined. */
const GAS_LIMIT = 8_000_000n;

/** Sends transactions with consecutive nonces, then waits for all: a slow chain costs one wait, not one each. */
export async function sendAll(
  signer: Signer,
  requests: readonly TransactionRequest[],
): Promise<TransactionReceipt[]> {
  let nonce = await signer.getNonce('pending');
  const sent = [];
  for (const request of requests) {
    sent.push(await signer.sendTransaction({ gasLimit: GAS_LIMIT, ...request, nonce }));
    nonce += 1;
  }
  const receipts = [];
  for (const transaction of sent) {
    const receipt = await transaction.wait();
    if (receipt?.status !== 1)
      throw new DeploymentError(
        `Transaction ${transaction.hash} failed; run the deployment again.`,
      );
    receipts.push(receipt);
  }
  return receipts;
}
