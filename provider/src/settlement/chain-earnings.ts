import type { Address, Deployment } from '@assay/wire';
import { zeroPadValue } from 'ethers';
import { escrowAbi } from '../chain/abi.ts';
import type { Chain } from '../chain/chain.ts';
import { searchLogs } from '../chain/search-logs.ts';

/** What the chain holds of a provider's earnings, in payment units. */
export interface ChainEarnings {
  readonly unmatured: bigint;
  readonly matured: bigint;
  /** Paid to the payout address, and to the delegators. */
  readonly withdrawn: bigint;
  readonly toDelegators: bigint;
  /** Withdrawals before this block were not looked for; the deployment's where all were. */
  readonly sinceBlock: number;
}

/** On an RPC that allows few blocks at a time the report ends there instead of asking all day. */
const REQUESTS = 300;

export async function chainEarnings(
  chain: Chain,
  { contracts: { SessionEscrow: to }, deployBlock }: Deployment,
  provider: Address,
): Promise<ChainEarnings> {
  const call = { to, abi: escrowAbi, name: 'earningsOf', args: [provider] };
  const [unmatured, matured] = (await chain.call(call)) as [bigint, bigint];
  const topic = escrowAbi.getEvent('EarningsWithdrawn')?.topicHash ?? null;
  let [withdrawn, toDelegators] = [0n, 0n];
  let sinceBlock = deployBlock;
  for await (const { logs, from } of searchLogs({
    chain,
    filter: { address: to, topics: [topic, zeroPadValue(provider, 32)] },
    fromBlock: deployBlock,
    toBlock: await chain.read((rpc) => rpc.getBlockNumber()),
    span: { blocks: Number.MAX_SAFE_INTEGER },
    requests: REQUESTS,
  })) {
    sinceBlock = from;
    for (const log of logs) {
      const { args } = escrowAbi.parseLog(log) ?? {};
      withdrawn += (args?.amount as bigint | undefined) ?? 0n;
      toDelegators += (args?.toDelegators as bigint | undefined) ?? 0n;
    }
  }
  return { unmatured, matured, withdrawn, toDelegators, sinceBlock };
}
