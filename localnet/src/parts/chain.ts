import { FUNDED_ACCOUNTS } from '../actors.ts';
import { type Anvil, startAnvil } from '../processes/anvil.ts';
import type { Context } from './context.ts';
import { startPart } from './start-part.ts';

const BLOCK_SECONDS = 1;

/** A fresh chain. Transactions are mined at once, and time goes on without any, as on a real chain. */
export function startChain(context: Context): Promise<Anvil> {
  return startPart(context, 'chain', async (note) => {
    const chain = await startAnvil({
      logFile: context.log('chain'),
      accounts: FUNDED_ACCOUNTS,
      blockTime: BLOCK_SECONDS,
      mixedMining: true,
    });
    note(`anvil ${chain.url}, chain ${chain.chainId}`);
    return chain;
  });
}
