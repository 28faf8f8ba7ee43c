import type { Hex } from '@assay/wire';
import { stakingAbi, tokenAbi } from '../chain/abi.ts';
import { createChain } from '../chain/chain.ts';
import { createSender } from '../chain/sender.ts';
import type { LoadedConfig } from '../load-config.ts';
import { amountText } from './show.ts';

/** Moves own stake with the owner's key; answers a sentence. */
export async function stakeCommand(
  name: 'stake' | 'thaw' | 'withdraw',
  amount: bigint,
  config: LoadedConfig,
  privateKey: Hex,
): Promise<string> {
  const { deployment, rpcUrls, timeoutMs, pollMs } = config.chain;
  const { Staking: to, AssayToken } = deployment.contracts;
  const chain = createChain({ rpcUrls, chainId: deployment.chainId, timeoutMs });
  try {
    const sender = createSender({ chain, privateKey, pollMs: Math.min(pollMs, 500) });
    if (name === 'stake')
      await sender.send({ to: AssayToken, abi: tokenAbi, name: 'approve', args: [to, amount] });
    const args = name === 'withdraw' ? [sender.address] : [amount];
    const { hash } = await sender.send({ to, abi: stakingAbi, name, args });
    const active = (await chain.call({
      to,
      abi: stakingAbi,
      name: 'activeStake',
      args: [sender.address],
    })) as bigint;
    return `${name}: ${hash}; active stake is ${amountText(active, 18)}`;
  } finally {
    chain.close();
  }
}
