import { chmodSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execClassId, type Hex } from '@assay/wire';
import { expect, it, onTestFinished, test } from 'vitest';
import { machineClass } from '../src/bundle/machine-class.ts';
import { createChain } from '../src/chain/chain.ts';
import { checkChain } from '../src/cli/doctor-chain.ts';
import type { Finding, Visit } from '../src/cli/doctor-finding.ts';
import { checkKeys } from '../src/cli/doctor-keys.ts';
import { checkMachine } from '../src/cli/doctor-machine.ts';
import { checkMarketplaces, judgeClock } from '../src/cli/doctor-marketplaces.ts';
import { checkModels } from '../src/cli/doctor-models.ts';
import { checkOffers } from '../src/cli/doctor-offers.ts';
import { judgeProbe } from '../src/cli/doctor-runtime.ts';
import { checkStanding } from '../src/cli/doctor-standing.ts';
import { type Machine, thisMachine } from '../src/cli/machine.ts';
import { runtimeOf } from '../src/supervisor/load-offers.ts';
import { prepareHarness } from './start-harness.ts';

const GIB = 1024 ** 3;
const WELL: Machine = {
  ...thisMachine(),
  freeMemoryBytes: () => 64 * GIB,
  freeDiskBytes: () => 64 * GIB,
  hasProgram: () => true,
};

async function setup(change: object = {}, machine: Partial<Machine> = {}) {
  const harness = await prepareHarness(change);
  onTestFinished(harness.close);
  const { config } = harness;
  harness.chain.offer = [10n, 4_000_000_000n, execClassId(machineClass(runtimeOf(config)))];
  const { rpcUrls, timeoutMs, deployment } = config.chain;
  const chain = createChain({ rpcUrls, timeoutMs, chainId: deployment.chainId });
  onTestFinished(chain.close);
  const findings: Finding[] = [];
  const visit: Visit = {
    ...{ config, chain, environment: {}, machine: { ...WELL, ...machine } },
    add: (finding) => findings.push(finding),
  };
  /** The one finding of a subject. */
  const about = (subject: string): Finding | undefined =>
    findings.find((finding) => finding.subject.startsWith(subject));
  return { ...harness, visit, findings, about };
}

const wrong = (verdict: 'warn' | 'fail', found: RegExp, fix: RegExp) => ({
  verdict,
  found: expect.stringMatching(found),
  fix: expect.stringMatching(fix),
});

it('finds nothing wrong where nothing is', async () => {
  const { visit, findings, receiptKey } = await setup();
  await checkChain(visit);
  expect(await checkKeys(visit)).toBe(receiptKey);
  const owner = await checkStanding(visit, receiptKey);
  const models = await checkModels(visit);
  if (owner) await checkOffers(visit, models, owner);
  checkMachine(visit, [GIB]);
  await checkMarketplaces(visit);
  expect(findings.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  expect(findings.length).toBeGreaterThan(11);
});

test('RPC down', async () => {
  const { visit, chain, about } = await setup();
  chain.broken = true;
  expect(await checkChain(visit)).toBe(false);
  expect(about('RPC')).toMatchObject(wrong('warn', /./, /chain\.rpcUrls/));
  expect(about('chain')).toMatchObject(wrong('fail', /no endpoint/, /chain\.rpcUrls/));
});

test('RPC of another chain', async () => {
  const { visit, chain, about } = await setup();
  chain.chainId = '0x1';
  expect(await checkChain(visit)).toBe(false);
  expect(about('RPC')).toMatchObject(wrong('fail', /chain 1,/, /right chain/));
});

test('contracts missing', async () => {
  const { visit, chain, about } = await setup();
  chain.code = '0x';
  expect(await checkChain(visit)).toBe(false);
  expect(about('contracts')).toMatchObject(wrong('fail', /no code/, /deployment/));
});

test('receipt key readable by others', async () => {
  const { visit, config, about } = await setup();
  const file = Object.values(config.keys.receiptKey as Record<string, string>)[0] ?? '';
  chmodSync(file, 0o644);
  expect(await checkKeys(visit)).toBeUndefined();
  expect(about('receipt key')).toMatchObject(wrong('fail', /others can read/, /chmod 600 \//));
});

test('receipt key lost: the fix is not refused by init', async () => {
  const { visit, about } = await setup({ keys: { receiptKey: { privateKeyFile: 'gone.key' } } });
  await checkKeys(visit);
  expect(about('receipt key')).toMatchObject(wrong('fail', /missing/, /init --dir/));
});

test('owner key readable by others', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'assay-owner-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, 'owner.key');
  writeFileSync(file, '11'.repeat(32), { mode: 0o640 });
  chmodSync(file, 0o640);
  const { visit, about } = await setup({
    keys: { receiptKey: { privateKeyFile: 'receipt.key' }, ownerKey: { privateKeyFile: file } },
  });
  await checkKeys(visit);
  expect(about('owner key')).toMatchObject(wrong('fail', /others can read/, /chmod 600/));
});

test('gas of the hot key too low', async () => {
  const { visit, chain, about, receiptKey } = await setup();
  for (const gas of [0n, 1_000_000n]) {
    chain.gas = gas;
    await checkStanding(visit, receiptKey);
    expect(about('gas')).toMatchObject(wrong('warn', /ETH/, new RegExp(`to ${receiptKey}`)));
  }
});

test('receipt key not registered', async () => {
  const { visit, chain, about, receiptKey } = await setup();
  chain.keys.clear();
  expect(await checkStanding(visit, receiptKey)).toBeUndefined();
  expect(about('registration')).toMatchObject(wrong('fail', /not registered/, /register/));
});

test('stake too low', async () => {
  const { visit, chain, about, receiptKey } = await setup();
  chain.stake = 1n;
  await checkStanding(visit, receiptKey);
  expect(about('stake')).toMatchObject(wrong('fail', /needed/, /registration\.stake/));
});

test.each([
  ['no offer', 'fail', 0n, 0],
  ['an expired one', 'fail', 10n, -60],
  ['one near its expiry', 'warn', 10n, 3_600],
] as const)('on chain: %s', async (_, verdict, ceiling, secondsLeft) => {
  const { visit, chain, about, provider } = await setup();
  const until = BigInt(Math.floor(Date.now() / 1000) + secondsLeft);
  chain.offer = [ceiling, until, chain.offer[2]];
  await checkOffers(visit, await checkModels(visit), provider);
  expect(about('offer char-lm')).toMatchObject(wrong(verdict, /offer|expire/, /register/));
});

test('offer of another class', async () => {
  const { visit, chain, about, provider } = await setup();
  chain.offer = [10n, 4_000_000_000n, `0x${'00'.repeat(32)}` as Hex];
  await checkOffers(visit, await checkModels(visit), provider);
  expect(about('offer')).toMatchObject(wrong('fail', /class/, /register/));
});

test('files of a model missing', async () => {
  const publisher = `0x${'64'.padStart(40, '0')}`;
  const { visit, about } = await setup({ models: [{ bundle: '/nowhere', publisher, price: '1' }] });
  expect(await checkModels(visit)).toEqual([]);
  expect(about('model')).toMatchObject(wrong('fail', /nowhere/, /\w/));
});

test('memory too small for every slot', async () => {
  const slots = { count: 4, spare: 0 };
  const { visit, about } = await setup({ slots }, { freeMemoryBytes: () => 3 * GIB });
  checkMachine(visit, [GIB]);
  expect(about('memory')).toMatchObject(wrong('warn', /4096 MiB wanted/, /slots\.count/));
});

test('disk too small for what is retained', async () => {
  const { visit, about } = await setup({}, { freeDiskBytes: () => GIB });
  checkMachine(visit, [GIB]);
  expect(about('disk')).toMatchObject(wrong('warn', /1024 MiB free/, /retention\.maxBytes/));
});

test('what the vault holds already is wanted no more', async () => {
  const { visit, about } = await setup({}, { freeDiskBytes: () => GIB, usedBytes: () => 10 * GIB });
  checkMachine(visit, [GIB]);
  expect(about('disk')).toMatchObject({ verdict: 'ok' });
});

test('data directory too long for a socket', async () => {
  const { visit, config, about } = await setup();
  checkMachine({ ...visit, config: { ...config, dataDir: `/tmp/${'x'.repeat(100)}` } }, []);
  expect(about('control socket')).toMatchObject(wrong('fail', /107|103/, /shorter/));
});

test.each(['setpriv', 'prlimit'])('%s missing', async (program) => {
  const { visit, about } = await setup({}, { hasProgram: (name) => name !== program });
  checkMachine(visit, []);
  expect(about(program)).toMatchObject(wrong('warn', /missing/, /util-linux/));
});

test('marketplace down, and its link in the clear', async () => {
  const marketplaces = [{ url: 'ws://assay.invalid:1/provider' }];
  const { visit, about } = await setup({ marketplaces });
  await checkMarketplaces(visit);
  expect(about('link')).toMatchObject(wrong('warn', /clear/, /wss/));
  expect(about('marketplace')).toMatchObject(wrong('fail', /./, /firewall/));
});

test('marketplace of another gateway', async () => {
  const { visit, gateway, config, about } = await setup();
  const other = `0x${'22'.repeat(20)}` as const;
  await checkMarketplaces({
    ...visit,
    config: { ...config, marketplaces: [{ url: gateway.url, gateway: other }] },
  });
  expect(about('marketplace')).toMatchObject(
    wrong('fail', /gateway 0x/, /marketplaces\[\]\.gateway/),
  );
});

test('marketplace of another chain', async () => {
  const { visit, config, about } = await setup();
  const deployment = { ...config.chain.deployment, chainId: 1 };
  await checkMarketplaces({
    ...visit,
    config: { ...config, chain: { ...config.chain, deployment } },
  });
  expect(about('marketplace')).toMatchObject(wrong('fail', /chain 31337/, /another network/));
});

test('a marketplace that answers GraphQL elsewhere than beside its link', async () => {
  const { visit, gateway, config, about, findings } = await setup();
  const beside = `http://127.0.0.1:${gateway.port}`;
  const [marketplace] = config.marketplaces;
  const visitWith = (graphql: string) =>
    checkMarketplaces({
      ...visit,
      config: { ...config, marketplaces: [{ ...marketplace, url: gateway.url, graphql }] },
    });
  await visitWith(`${beside}/nowhere`);
  expect(about('GraphQL')).toMatchObject(wrong('warn', /no GraphQL/, /marketplaces\[\]\.graphql/));
  findings.length = 0;
  await visitWith(`${beside}/graphql`);
  expect(about('GraphQL')).toMatchObject({ verdict: 'ok' });
});

test('clock off', () => {
  expect(judgeClock(-60_000)).toMatchObject(wrong('fail', /-60000 ms/, /NTP/));
});

test.each(['cpu', 'cuda', 'tensorrt', 'webgpu'] as const)('runtime %s broken', (name) => {
  const finding = judgeProbe({ name, works: false, reason: 'no library' }, 'a class');
  expect(finding).toMatchObject(wrong('fail', /no library/, /\w/));
  const script = finding.fix?.match(/node (\S+install\.js)/)?.[1];
  if (name !== 'webgpu') expect(existsSync(script ?? '')).toBe(true);
});

test('every model is read and scanned once', async () => {
  const { visit, about, provider } = await setup();
  const models = await checkModels(visit);
  const store = join(visit.config.dataDir, 'bundles');
  await rm(store, { recursive: true });
  await checkOffers(visit, models, provider);
  expect(about('offer')?.verdict).toBe('ok');
  expect(existsSync(store)).toBe(false);
});
