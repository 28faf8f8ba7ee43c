import type { ContractName } from '@assay/wire';
import type { Totals } from './ask-index.ts';
import { type Callable, type Chain, INTERFACES } from './chain.ts';

/** What the contracts themselves say of these providers now, in the index's words. */
export async function contractTotals(chain: Chain, providers: readonly string[]): Promise<Totals> {
  const totals: Totals = {};
  const call = async (contract: Callable, method: string, ...args: unknown[]) => {
    const to = chain.deployment.contracts[contract as ContractName];
    const data = INTERFACES[contract].encodeFunctionData(method, args);
    const result = (await chain.anvil.rpc('eth_call', { to, data }, 'latest')) as string;
    return INTERFACES[contract].decodeFunctionResult(method, result);
  };
  for (const provider of providers) {
    const [own] = await call('Staking', 'ownStake', provider);
    const [pool] = await call('Staking', 'pool', provider);
    const [unmatured, matured] = await call('SessionEscrow', 'earningsOf', provider);
    const [slashable] = await call('Staking', 'slashable', provider);
    Object.assign(totals, {
      [`${provider} own`]: `${own.tokens}`,
      [`${provider} ownThawing`]: `${own.thawingTokens}`,
      [`${provider} delegated`]: `${pool.tokens}`,
      [`${provider} delegatedThawing`]: `${pool.thawingTokens}`,
      [`${provider} delegatedShares`]: `${pool.shares}`,
      [`${provider} rewardPerShare`]: `${pool.rewardPerShare}`,
      [`${provider} slashable`]: `${slashable}`,
      // Earnings mature with time alone, so only their sum is comparable.
      [`${provider} owed`]: `${unmatured + matured}`,
    });
  }
  return totals;
}
