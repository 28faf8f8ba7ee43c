import { assayTokenAbi, testUsdAbi } from '@assay/wire';
import { Contract, type Signer, type TransactionRequest } from 'ethers';
import type { DeployParameters } from './parameters.ts';
import { sendAll } from './send-all.ts';

/** The tokens this deployment can give away: those it issued itself. */
interface OwnTokens {
  readonly payment?: string;
  readonly stake?: string;
}

/** Gives tokens to the accounts of a local network that have none. */
export async function fundAccounts(
  signer: Signer,
  { payment, stake }: OwnTokens,
  { accounts, paymentTokens, stakeTokens }: DeployParameters['fund'],
): Promise<void> {
  const self = (await signer.getAddress()).toLowerCase();
  const others = accounts.filter((account) => account.toLowerCase() !== self);
  const usd = payment && { token: new Contract(payment, testUsdAbi, signer), method: 'mint' };
  const assay = stake && { token: new Contract(stake, assayTokenAbi, signer), method: 'transfer' };
  const requests = [
    ...(usd ? await gifts(usd, accounts, paymentTokens) : []),
    ...(assay ? await gifts(assay, others, stakeTokens) : []),
  ];
  if (requests.length > 0) await sendAll(signer, requests);
}

async function gifts(
  { token, method }: { token: Contract; method: string },
  accounts: readonly string[],
  amount: bigint,
): Promise<TransactionRequest[]> {
  const to = await token.getAddress();
  const held = await Promise.all(
    accounts.map((account) => token.getFunction('balanceOf')(account)),
  );
  return accounts
    .filter((_, i) => held[i] === 0n)
    .map((account) => ({
      to,
      data: token.interface.encodeFunctionData(method, [account, amount]),
      gasLimit: 200_000n,
    }));
}
