import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AssayError } from '@assay/wire';
import { expect, it, onTestFinished } from 'vitest';
import { escrowAbi } from './abi.ts';
import { createChain } from './chain.ts';
import { newestLog } from './newest-log.ts';

type Rpc = { readonly id: number; readonly method: string; readonly params: readonly unknown[] };
type Answer = (call: Rpc) => { result: unknown } | { error: object };

const fact = (result: unknown) => ({ result });
const fault = (message: string, data?: string) => ({
  error: { code: -32_000, message, ...(data !== undefined && { data }) },
});
const CHAIN = fact('0x7a69');
const TO = `0x${'11'.repeat(20)}` as const;
const EARNED = escrowAbi.encodeFunctionResult('claimed', [7n]);
const CALL = {
  to: TO,
  abi: escrowAbi,
  name: 'claimed',
  args: [`0x${'00'.repeat(32)}`, `0x${'00'.repeat(32)}`],
};

/** An RPC endpoint of a test's making; `heard` are the methods it was asked. */
async function endpoint(answer: Answer) {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      const asked = JSON.parse(body) as Rpc | Rpc[];
      const reply = (call: Rpc) => {
        heard.push(call.method);
        return { jsonrpc: '2.0', id: call.id, ...answer(call) };
      };
      response.end(JSON.stringify(Array.isArray(asked) ? asked.map(reply) : reply(asked)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { heard, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function setup(...answers: Answer[]) {
  const endpoints = await Promise.all(answers.map(endpoint));
  const chain = createChain({
    rpcUrls: endpoints.map(({ url }) => url),
    chainId: 31_337,
    timeoutMs: 5_000,
  });
  onTestFinished(chain.close);
  return { chain, heard: endpoints.map(({ heard }) => heard) };
}

const good: Answer = ({ method }) => (method === 'eth_chainId' ? CHAIN : fact(EARNED));

it.each([
  'daily request count exceeded, request rate limited',
  'header not found',
  'internal error',
])('an eth_call refused with "%s" goes to the next endpoint', async (message) => {
  const { chain } = await setup(
    ({ method }) => (method === 'eth_chainId' ? CHAIN : fault(message)),
    good,
  );
  expect(await chain.call(CALL)).toBe(7n);
});

it.each([
  ['execution reverted', undefined],
  ['execution reverted', '0x'],
  ['VM Exception: revert', '0x08c379a0'],
  ['out of gas', undefined],
])('"%s" with data %s is the chain’s own answer and asked only once', async (message, data) => {
  const { chain, heard } = await setup(
    ({ method }) => (method === 'eth_chainId' ? CHAIN : fault(message, data)),
    good,
  );
  await expect(chain.call(CALL)).rejects.toMatchObject({ code: 'CALL_EXCEPTION' });
  expect(heard[1]).toEqual([]);
});

it('an endpoint that answers nothing decodable is passed over', async () => {
  const { chain } = await setup(
    ({ method }) => (method === 'eth_chainId' ? CHAIN : fact('0x')),
    good,
  );
  expect(await chain.call(CALL)).toBe(7n);
});

it('a fallback on another chain is never asked anything, nor stays preferred', async () => {
  let down = true;
  const { chain, heard } = await setup(
    (call) => (down ? fault('unavailable') : good(call)),
    ({ method }) => (method === 'eth_chainId' ? fact('0x1') : fact(EARNED)),
  );
  const refused = await chain.call(CALL).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(AssayError);
  expect((refused as AssayError).details.reason).toContain('chain 1, not 31337');
  expect(heard[1]).toEqual(['eth_chainId']);
  down = false;
  expect(await chain.call(CALL)).toBe(7n);
});

it('the chain is asked once per endpoint, and again after a fault', async () => {
  let faults = 0;
  const { chain, heard } = await setup((call) =>
    call.method !== 'eth_chainId' && faults-- > 0 ? fault('busy') : good(call),
  );
  await chain.call(CALL);
  await chain.call(CALL);
  faults = 1;
  await expect(chain.call(CALL)).rejects.toMatchObject({ code: 'S408' });
  await chain.call(CALL);
  expect(heard[0]?.filter((method) => method === 'eth_chainId')).toHaveLength(2);
});

it('an outage says what the node said', async () => {
  const { chain } = await setup(({ method }) =>
    method === 'eth_chainId' ? CHAIN : fault('rate limit exceeded'),
  );
  await expect(chain.read((rpc) => rpc.getBlockNumber())).rejects.toMatchObject({
    code: 'S408',
    details: { reason: expect.stringContaining('rate limit exceeded') },
  });
});

const LOG = {
  address: TO,
  topics: [],
  data: '0x',
  blockNumber: '0x3e8',
  blockHash: `0x${'11'.repeat(32)}`,
  transactionHash: `0x${'22'.repeat(32)}`,
  transactionIndex: '0x0',
  logIndex: '0x0',
  removed: false,
};

/** One log in block 1000; ranges over `limit` blocks are refused. */
const limited =
  (limit: number): Answer =>
  ({ method, params }) => {
    if (method === 'eth_chainId') return CHAIN;
    const { fromBlock, toBlock } = params[0] as Record<string, string>;
    const [from, to] = [Number(fromBlock), Number(toBlock)];
    if (to - from + 1 > limit) return fault('eth_getLogs range is too large');
    return fact(from <= 1_000 && 1_000 <= to ? [LOG] : []);
  };

function search(chain: Parameters<typeof newestLog>[0]['chain'], more: object = {}) {
  const span = { blocks: Number.MAX_SAFE_INTEGER };
  const filter = { address: TO, topics: [] };
  return {
    span,
    found: newestLog({
      chain,
      span,
      filter,
      fromBlock: 0,
      toBlock: 60_000,
      requests: 1e5,
      ...more,
    }),
  };
}

it.each([10, 99, 2_000, 1e9])(
  'finds a log where %d blocks may be asked for at once',
  async (limit) => {
    const { chain } = await setup(limited(limit));
    const { found } = search(chain, { toBlock: 1_300 });
    expect((await found).log?.blockNumber).toBe(1_000);
  },
);

it('an endpoint without limit is asked for everything, once', async () => {
  const { chain, heard } = await setup(limited(1e9));
  await search(chain).found;
  expect(heard[0]).toEqual(['eth_chainId', 'eth_getLogs']);
});

it('gives up for now after so many requests, and says where to go on', async () => {
  const { chain } = await setup(limited(100));
  const first = await search(chain, { toBlock: 2_000, requests: 3 }).found;
  expect(first.log).toBeUndefined();
  expect(first.from).toBeGreaterThan(1_000);
  const rest = await search(chain, { toBlock: first.from - 1 }).found;
  expect(rest.log?.blockNumber).toBe(1_000);
});

it('an RPC that refuses every range is an error, not an empty answer', async () => {
  const { chain } = await setup(limited(0));
  await expect(search(chain).found).rejects.toMatchObject({ code: 'S408' });
});
