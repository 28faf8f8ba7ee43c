import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse } from 'graphql';
import { expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import type { ChainHead } from '../chain/chain-head.ts';
import { createLog } from '../process/log.ts';
import { createIndexClient } from './index-client.ts';

// Slow only where many tests share few cores.
vi.setConfig({ testTimeout: 60_000 });

interface Asked {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

/** An index that answers each root field with the block it is at. */
async function setup(lagSeconds = 0) {
  const asked: Asked[] = [];
  const state = { block: 10, down: false, errors: [] as string[] };
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const question = JSON.parse(body) as Asked;
    asked.push(question);
    if (state.down) {
      request.socket.destroy();
      return;
    }
    const block = { number: state.block, hash: `0x${state.block}`, timestamp: 1_000 };
    const aliases = [...question.query.matchAll(/(\w+): things/g)].map(([, alias]) => alias);
    const data = { _meta: { block }, ...Object.fromEntries(aliases.map((a) => [a, state.block])) };
    const errors = state.errors.map((message) => ({ message }));
    response.end(JSON.stringify(errors.length > 0 ? { errors } : { data }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const head: ChainHead = { refresh: async () => {}, lagSeconds: () => lagSeconds };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = createIndexClient({ url, head, log: createLog('test', 'silent') });
  const ask = (first: number) =>
    client.query(
      'query ($first: Int!) { things(first: $first) }',
      { first },
      z.object({ things: z.number() }),
    );
  return { client, ask, asked, state };
}

it('sends what is asked in one turn as one request, with its block', async () => {
  const { client, ask, asked } = await setup();
  const [one, two] = await Promise.all([ask(1), ask(2)]);
  expect([one.data.things, two.data.things, one.block.hash]).toEqual([10, 10, '0x10']);
  expect(client.requests).toBe(1);
  expect(asked[0]?.variables).toEqual({ q0_first: 1, q1_first: 2 });
  expect(() => parse(asked[0]?.query ?? '')).not.toThrow();
});

it('answers the last good answer, marked stale, while the index is down, and recovers', async () => {
  const { ask, state } = await setup();
  await ask(1);
  state.down = true;
  const stale = await ask(1);
  expect(stale).toMatchObject({ data: { things: 10 }, freshness: { stale: true } });
  await expect(ask(2)).rejects.toMatchObject({ code: 'X500', retryable: true });
  state.down = false;
  state.block = 11;
  expect(await ask(1)).toMatchObject({ data: { things: 11 }, freshness: { stale: false } });
});

it('treats errors in an answer as no answer', async () => {
  const { ask, state } = await setup();
  state.errors = ['indexing_error'];
  await expect(ask(1)).rejects.toMatchObject({ code: 'X500' });
});

it('keeps the last good answer while the index starts again from below', async () => {
  const { ask, state } = await setup();
  state.block = 5_000;
  await ask(1);
  state.block = 12;
  expect(await ask(1)).toMatchObject({ data: { things: 5_000 }, freshness: { stale: true } });
  state.block = 4_998; // a reorg, not a restart
  expect(await ask(1)).toMatchObject({ data: { things: 4_998 }, freshness: { stale: false } });
});

it('marks an answer stale that is far behind the chain', async () => {
  const { ask } = await setup(60);
  expect((await ask(1)).freshness).toEqual({ indexedBlock: 10, lagSeconds: 60, stale: true });
});
