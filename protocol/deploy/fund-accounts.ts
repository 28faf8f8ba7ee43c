import { assayTokenAbi, testUsdAbi } from '@assay/wire';
import { Contract, type Signer, type TransactionRequest } from 'ethers';
import type { DeployParameters } from './parameters.ts';
import { sendAll } from './send-all.ts';

/** Gives tokens to the accounts of a local network that have none. */
export async function fundAccounts(
  signer: Signer,
  tokens: { payment: string; stake: string },
  fund: DeployParameters['fund'],
): Promise<void> {
  const payment = new Contract(tokens.payment, testUsdAbi, signer);
  const stake = new Contract(tokens.stake, assayTokenAbi, signer);
  const requests: TransactionRequest[] = [];
  const self = (await signer.getAddress()).toLowerCase();
  for (const account of fund.accounts) {
    if ((await payment.getFunction('balanceOf')(account)) === 0n) {
      const data = payment.interface.encodeFunctionData('mint', [account, fund.paymentTokens]);
      requests.push({ to: tokens.payment, data, gasLimit: 200_000n });
    }
    if (account.toLowerCase() !== self && (await stake.getFunction('balanceOf')(account)) === 0n) {
      const data = stake.interface.encodeFunctionData('transfer', [account, fund.stakeTokens]);
      requests.push({ to: tokens.stake, data, gasLimit: 200_000n });
    }
  }
  if (requests.length > 0) await sendAll(signer, requests);
}
