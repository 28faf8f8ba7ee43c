import { expect, it } from 'vitest';
import { createChainHead } from './chain-head.ts';
import type { RpcClient } from './rpc-client.ts';

function setup() {
  const latest = { number: 100, timestamp: 1_000 };
  const hex = (value: number) => `0x${value.toString(16)}`;
  const rpc: RpcClient = {
    call: async (_, __, schema) =>
      schema.parse({ number: hex(latest.number), timestamp: hex(latest.timestamp) }) as never,
  };
  return { head: createChainHead(rpc, -1), latest };
}

it('knows no lag at the head, nor of an index ahead of it', async () => {
  const { head } = setup();
  await head.refresh();
  expect(head.lagSeconds({ number: 100, timestamp: 1_000 })).toBe(0);
  expect(head.lagSeconds({ number: 101, timestamp: 1_001 })).toBe(0);
});

it('takes a block’s age from its timestamp where it is older than the watch', async () => {
  const { head } = setup();
  await head.refresh();
  expect(head.lagSeconds({ number: 40, timestamp: 400 })).toBeGreaterThanOrEqual(600);
});

it('counts the time since it saw the block that is missing, however old the chain’s last one was', async () => {
  const { head, latest } = setup();
  await head.refresh();
  latest.number = 101;
  latest.timestamp = 90_000; // the chain was idle for a day
  await head.refresh();
  expect(head.lagSeconds({ number: 100, timestamp: 1_000 })).toBeLessThan(60);
});
