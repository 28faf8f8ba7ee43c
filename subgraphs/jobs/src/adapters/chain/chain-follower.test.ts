import { CONTRACT_NAMES, deploymentSchema } from '@assay/wire';
import type { AbstractProvider } from 'ethers';
import { expect, onTestFinished, test } from 'vitest';
import { sessionEscrowAbi } from './abi.ts';
import { followChain } from './chain-follower.ts';

const deployment = deploymentSchema.parse({
  chainId: 31337,
  deployBlock: 0,
  contracts: Object.fromEntries(
    CONTRACT_NAMES.map((name, index) => [name, `0x${String(index + 1).padStart(40, '0')}`]),
  ),
});

/** A chain whose blocks each hold one event, named by the amount in it. */
function setup() {
  const blocks: { hash: string; amount: bigint }[] = [];
  const logOf = ({ hash, amount }: { hash: string; amount: bigint }, blockNumber: number) => ({
    ...sessionEscrowAbi.encodeEventLog('FeesWithdrawn', [`0x${'aa'.repeat(20)}`, amount]),
    address: deployment.contracts.SessionEscrow,
    blockHash: hash,
    blockNumber,
    index: 0,
  });
  const provider = {
    getBlockNumber: async () => blocks.length - 1,
    getLogs: async ({ fromBlock, toBlock }: { fromBlock: number; toBlock: number }) =>
      blocks.map(logOf).slice(fromBlock, toBlock + 1),
  } as unknown as AbstractProvider;
  const seen: bigint[] = [];
  let fault: Error | undefined;
  const follow = async () => {
    const follower = await followChain({
      provider,
      deployment,
      log: { info: () => undefined, warn: () => undefined } as never,
      onEvent({ event }) {
        if (fault !== undefined) throw fault;
        seen.push(event.args.getValue('amount'));
      },
    });
    onTestFinished(() => follower.close());
    return follower;
  };
  const fail = (error: Error | undefined): void => {
    fault = error;
  };
  return { blocks, seen, follow, fail };
}

test('the overlap is read again, but an event is handled once', async () => {
  const { blocks, seen, follow } = setup();
  blocks.push({ hash: '0xa', amount: 1n });
  const follower = await follow();
  blocks.push({ hash: '0xb', amount: 2n });
  await follower.refresh();
  await follower.refresh();
  expect(seen).toEqual([1n, 2n]);
});

test('what a reorganisation put in its place is handled, and so is what it brings back', async () => {
  const { blocks, seen, follow } = setup();
  blocks.push({ hash: '0xa', amount: 1n }, { hash: '0xb', amount: 2n });
  const follower = await follow();
  blocks[1] = { hash: '0xc', amount: 3n };
  await follower.refresh();
  blocks[1] = { hash: '0xb', amount: 2n };
  await follower.refresh();
  expect(seen).toEqual([1n, 2n, 3n, 2n]);
});

test('an event whose handling failed is handled at the next look', async () => {
  const { blocks, seen, follow, fail } = setup();
  blocks.push({ hash: '0xa', amount: 1n });
  const follower = await follow();
  blocks.push({ hash: '0xb', amount: 2n });
  fail(new Error('the store is away'));
  await expect(follower.refresh()).rejects.toThrow('the store is away');
  fail(undefined);
  await follower.refresh();
  expect(seen).toEqual([1n, 2n]);
});
