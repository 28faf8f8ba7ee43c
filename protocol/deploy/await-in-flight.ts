import { setTimeout } from 'node:timers/promises';
import type { Provider } from 'ethers';
import { DeploymentError } from './deployment-error.ts';

const POLL_MS = 200;
const PATIENCE_MS = 120_000;

/** Waits until what an earlier run left in the pool is mined: the same sent again behind it would fail. */
export async function awaitInFlight(provider: Provider, account: string): Promise<void> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  while (await hasPending(provider, account)) {
    if (patience.aborted)
      throw new DeploymentError(
        `Transactions of ${account} are still pending; run the deployment again once they are mined.`,
      );
    await setTimeout(POLL_MS);
  }
}

async function hasPending(provider: Provider, account: string): Promise<boolean> {
  const [pending, mined] = await Promise.all([
    provider.getTransactionCount(account, 'pending'),
    provider.getTransactionCount(account, 'latest'),
  ]);
  return pending > mined;
}
