import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GraphNode, pollUntil, startIndex, startPostgres } from '@assay/localnet/processes';
import { expect, onTestFinished, test } from 'vitest';
import { indexTotals, ledgerTotals, query, type Totals } from './ask-index.ts';
import { type Cast, castOf, takeStage } from './cast.ts';
import { type Chain, startChain } from './chain.ts';
import { contractTotals } from './contract-totals.ts';
import { foldLogs, type RawLog } from './fold-logs.ts';
import { writeHistory } from './history.ts';
import { seeded } from './random.ts';

/** `INDEX_EVENTS=2000 INDEX_SEED=7` runs a longer or another history. */
const EVENTS = Number(process.env.INDEX_EVENTS ?? 250);
const SEED = Number(process.env.INDEX_SEED ?? 1);
const EARLIER_BLOCKS = 5;

test(`the index agrees with the raw logs and the contracts after ${EVENTS} events and reorgs (seed ${SEED})`, {
  timeout: 120_000 + EVENTS * 500,
}, async () => {
  const { chain, cast, index } = await setup();
  const random = seeded(SEED);

  const history = await writeHistory({ chain, cast, random }, async () => {
    return foldLogs(await logsOf(chain), chain.deployment.contracts).events >= EVENTS;
  });
  const lag = await indexed(index, chain);

  const logs = await logsOf(chain);
  const { number: head } = await chain.head();
  const earlier = Array.from({ length: EARLIER_BLOCKS }, () => head - random.below(history.blocks));
  for (const block of [head, ...earlier]) {
    const until = logs.filter((log) => Number(log.blockNumber) <= block);
    const expected = ledgerTotals(foldLogs(until, chain.deployment.contracts));
    expect(await indexTotals(index.url, block), `at block ${block} of ${head}`).toEqual(expected);
  }
  expect(await indexedProviders(index, cast)).toEqual(await contractTotals(chain, cast.providers));
  expect(await buckets(index)).toEqual(await totalsOfBuckets(index, head));

  const { events } = foldLogs(logs, chain.deployment.contracts);
  const { reorgs } = history;
  process.stdout.write(
    `${JSON.stringify({ events, blocks: history.blocks, reorgs, lagMs: lag })}\n`,
  );
});

async function setup() {
  const directory = mkdtempSync(join(tmpdir(), 'assay-reconcile-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const [chain, postgres] = await Promise.all([
    startChain(directory),
    startPostgres({ logFile: join(directory, 'postgres.log') }),
  ]);
  onTestFinished(() => chain.anvil.stop());
  onTestFinished(() => postgres.stop());
  const index = await startIndex({
    ...{ deployment: chain.deployment, rpcUrl: chain.anvil.url, postgres },
    logFile: join(directory, 'index.log'),
  });
  onTestFinished(() => index.stop());
  const cast = castOf(chain);
  await takeStage(chain, cast);
  return { chain, cast, index };
}

async function logsOf(chain: Chain): Promise<RawLog[]> {
  const range = { fromBlock: '0x0', toBlock: 'latest' };
  return (await chain.anvil.rpc('eth_getLogs', range)) as RawLog[];
}

/** Waits until the index stands at the chain's head, by hash: the number alone may be of a dropped block. */
async function indexed(index: GraphNode, chain: Chain): Promise<number> {
  const started = performance.now();
  const { hash } = await chain.head();
  const isThere = async () => {
    const meta = await query<{ _meta: { hasIndexingErrors: boolean; block: { hash: string } } }>(
      index.url,
      '{ _meta { hasIndexingErrors block { hash } } }',
    );
    expect(meta._meta.hasIndexingErrors).toBe(false);
    return meta._meta.block.hash === hash;
  };
  await pollUntil(isThere, AbortSignal.timeout(100_000 + EVENTS * 100), 50);
  return Math.round(performance.now() - started);
}

async function indexedProviders(index: GraphNode, cast: Cast): Promise<Totals> {
  const names = [
    'own',
    'ownThawing',
    'delegated',
    'delegatedThawing',
    'delegatedShares',
    'rewardPerShare',
    'slashable',
  ];
  const { providers } = await query<{ providers: Record<string, string>[] }>(
    index.url,
    `{ providers(where: { registered: true }) { id ${names.join(' ')} unmatured matured payable } }`,
  );
  const totals: Totals = {};
  for (const { id, ...of } of providers) {
    for (const name of names) totals[`${id} ${name}`] = of[name] ?? '';
    const owed = BigInt(of.unmatured ?? 0) + BigInt(of.matured ?? 0) + BigInt(of.payable ?? 0);
    totals[`${id} owed`] = owed.toString();
  }
  expect(providers.map(({ id }) => id).sort()).toEqual([...cast.providers].sort());
  return totals;
}

const SUMMED = ['claims', 'claimed', 'royalties', 'slashedOwn', 'slashedDelegated', 'rewards'];

/** The hours of every statistic, added up. */
async function buckets(index: GraphNode): Promise<Record<string, bigint>> {
  const all = '(interval: hour, current: include, first: 1000)';
  const answer = await query<Record<string, Record<string, string>[]>>(
    index.url,
    `{ protocolSettlements${all} { claims claimed royalties }
       protocolStakes${all} { slashedOwn slashedDelegated }
       protocolRewards${all} { rewards } }`,
  );
  const sums: Record<string, bigint> = Object.fromEntries(SUMMED.map((name) => [name, 0n]));
  for (const row of Object.values(answer).flat()) {
    for (const [name, value] of Object.entries(row))
      sums[name] = (sums[name] ?? 0n) + BigInt(value);
  }
  return sums;
}

async function totalsOfBuckets(index: GraphNode, head: number): Promise<Record<string, bigint>> {
  const totals = await indexTotals(index.url, head);
  return Object.fromEntries(SUMMED.map((name) => [name, BigInt(totals[`protocol ${name}`] ?? 0)]));
}
