import { type Hex, lowerAddress } from '@assay/wire';
import { makeError } from 'ethers';
import { expect, it } from 'vitest';
import { escrowAbi } from '../chain/abi.ts';
import type { Chain } from '../chain/chain.ts';
import { createSessionEndFinder } from './find-session-end.ts';

const ESCROW = lowerAddress(`0x${'11'.repeat(20)}`);
const SESSION = `0x${'01'.repeat(32)}` as Hex;
const HEAD = 1_000_000;

/** A chain whose RPC gives `limit` blocks of logs at a time, and holds one opening. */
function setup({ openedAt, limit }: { openedAt: number; limit: number }) {
  const event = escrowAbi.getEvent('SessionOpened');
  const values = event?.inputs.map(({ name, type, baseType, components }) => {
    if (name === 'sessionId') return SESSION;
    if (name === 'expiresAt') return 5_000n;
    if (name === 'withdrawDelay') return 60n;
    if (baseType === 'tuple') return components?.map((part) => blank(part.type));
    return blank(type);
  });
  const log = { ...escrowAbi.encodeEventLog(event ?? '', values ?? []), blockNumber: openedAt };
  let requests = 0;
  const rpc = {
    getBlockNumber: async () => HEAD,
    async getLogs({ fromBlock, toBlock }: { fromBlock: number; toBlock: number }) {
      requests += 1;
      if (toBlock - fromBlock + 1 > limit)
        throw Object.assign(new Error(), { cause: makeError('range', 'UNKNOWN_ERROR') });
      return fromBlock <= openedAt && openedAt <= toBlock ? [log] : [];
    },
  };
  const chain = { read: (ask: (it: typeof rpc) => unknown) => ask(rpc) } as unknown as Chain;
  const find = createSessionEndFinder({ chain, escrow: ESCROW, deployBlock: 0 });
  return { find, asked: () => requests };
}

const blank = (type: string): unknown => {
  if (type.endsWith('[]')) return [];
  if (type === 'address') return `0x${'00'.repeat(20)}`;
  if (type === 'bytes32') return `0x${'00'.repeat(32)}`;
  return type.startsWith('uint') ? 0n : type === 'bool' ? false : '0x';
};

it('finds a recent opening at once, whatever range the RPC allows', async () => {
  for (const limit of [1e9, 2_000, 10]) {
    const { find, asked } = setup({ openedAt: HEAD - 5, limit });
    expect(await find(SESSION)).toBe(5_060);
    expect(asked()).toBeLessThan(12);
  }
});

it('goes on where it stopped when the opening is far back', async () => {
  const { find } = setup({ openedAt: HEAD - 250_000, limit: 1_000 });
  let found: number | undefined;
  for (let rounds = 0; found === undefined && rounds < 5; rounds++) found = await find(SESSION);
  expect(found).toBe(5_060);
});

it('says undefined of a session nobody opened, and looks anew the next time', async () => {
  const { find, asked } = setup({ openedAt: -1, limit: 1e9 });
  expect(await find(SESSION)).toBeUndefined();
  expect(await find(SESSION)).toBeUndefined();
  expect(asked()).toBe(2);
});
