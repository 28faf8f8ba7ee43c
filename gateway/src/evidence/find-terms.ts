import type { RpcClient } from '@assay/kit';
import type { Deployment, DisputeTerms, Hex } from '@assay/wire';
import { toBeHex } from 'ethers';
import { z } from 'zod';
import { disputeAbi } from './dispute-abi.ts';

/** What public endpoints let one ask for. */
const BLOCKS_A_LOOK = 2_000;
const blockNumber = z
  .string()
  .regex(/^0x[0-9a-f]{1,13}$/)
  .transform(Number);
const hexText = z.string().regex(/^0x[0-9a-fA-F]*$/);
const logsSchema = z.array(z.object({ topics: z.array(hexText), data: hexText }));

/** What a dispute is about, from the event that opened it: the newest blocks first, since an open dispute is young. */
export async function findTerms(
  ticket: Hex,
  { rpc, deployment }: { readonly rpc: RpcClient; readonly deployment: Deployment },
): Promise<DisputeTerms | undefined> {
  const topics = [disputeAbi.getEvent('DisputeOpened')?.topicHash ?? '', ticket];
  const address = deployment.contracts.DisputeManager;
  let last = await rpc.call('eth_blockNumber', [], blockNumber);
  while (last >= deployment.deployBlock) {
    const first = Math.max(deployment.deployBlock, last - BLOCKS_A_LOOK + 1);
    const range = { fromBlock: quantity(first), toBlock: quantity(last) };
    const logs = await rpc.call('eth_getLogs', [{ address, topics, ...range }], logsSchema);
    const log = logs.at(-1);
    if (log !== undefined) return toTerms(log);
    last = first - 1;
  }
  return undefined;
}

const quantity = (block: number): string => toBeHex(block).replace(/^0x0+(?=.)/, '0x');

function toTerms({ topics, data }: z.output<typeof logsSchema>[number]): DisputeTerms {
  const { modelId, receipt, inputRoot } = disputeAbi.decodeEventLog('DisputeOpened', data, topics);
  return { modelId, receipt, inputRoot };
}
