import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Address,
  digestOf,
  type Hex,
  lowerAddress,
  offerIdOf,
  sessionEscrowAbi,
  stakingAbi,
} from '@assay/wire';
import { Contract, Wallet } from 'ethers';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { createChain } from '../src/chain/chain.ts';
import { askRunning } from '../src/cli/ask-running.ts';
import { runDoctor } from '../src/cli/doctor.ts';
import type { Finding } from '../src/cli/doctor-finding.ts';
import { initProvider } from '../src/cli/init-provider.ts';
import { buildProgram } from '../src/cli/program.ts';
import type { EarningsFacts } from '../src/cli/show-earnings.ts';
import {
  type LoadedConfig,
  loadConfig,
  type RunningProvider,
  registerProvider,
  startProvider,
} from '../src/index.ts';
import { chainEarnings } from '../src/settlement/chain-earnings.ts';
import { GatewayDouble } from './gateway-double.ts';
import { accountKey, type RealChain, startRealChain } from './real-chain.ts';

// Only to end a run that hangs: nothing here waits for time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const YEAR = 365 * 86_400;
const BUNDLE = join(import.meta.dirname, '../models/char-lm/1');
const directory = mkdtempSync(join(tmpdir(), 'assay-settle-'));
const owner = lowerAddress(new Wallet(accountKey(2)).address);
const steps: string[] = [];
let chain: RealChain;
let gateway: GatewayDouble;
let config: LoadedConfig;
let modelId: Hex;
let running: RunningProvider;
let before: Finding[];

async function diagnose(): Promise<Finding[]> {
  const findings: Finding[] = [];
  await runDoctor(config, {}, (finding) => findings.push(finding));
  return findings;
}

beforeAll(async () => {
  chain = await startRealChain();
  const { chainId, contracts } = chain.deployment;
  gateway = await GatewayDouble.start({ chainId, verifyingContract: contracts.SessionEscrow });
  const publisher = await chain.publish(BUNDLE);
  writeFileSync(join(directory, 'owner.key'), accountKey(2), { mode: 0o600 });
  writeFileSync(join(directory, 'deployment.json'), JSON.stringify(chain.deployment));
  await initProvider({
    ...{
      directory,
      publisher,
      bundle: BUNDLE,
      price: '1000',
      rpc: chain.url,
      marketplace: gateway.url,
    },
    deployment: join(directory, 'deployment.json'),
    ownerKeyFile: join(directory, 'owner.key'),
  });
  const file = join(directory, 'provider.json');
  const written = JSON.parse(readFileSync(file, 'utf8'));
  written.chain = { ...written.chain, rpcUrls: ['http://127.0.0.1:1', chain.url], pollMs: 100 };
  written.settlement = { claimEverySeconds: 0.2, minClaim: '1', gasFactor: 0 };
  writeFileSync(
    file,
    JSON.stringify({ ...written, energy: { method: 'off' }, logLevel: 'silent' }),
  );
  config = loadConfig(file);
  before = await diagnose();
  const registration = await registerProvider({
    config,
    environment: {},
    ownerKey: accountKey(2),
    report: (step) => steps.push(step),
  });
  modelId = registration.offers[0]?.modelId as Hex;
  running = await startProvider({ config, environment: {}, log: pino({ level: 'silent' }) });
  await gateway.hears('heartbeat');
}, 120_000);
afterAll(async () => {
  await running?.stop('test over');
  await gateway?.stop();
  await chain?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function serve(sessionId: Hex): Promise<{ price: bigint; digest: Hex }> {
  const ticket = gateway.ask(owner, {
    modelId,
    sessionId,
    prompt: 'The ',
    params: { maxTokens: 5 },
    unitPrice: 1_000n,
  });
  await gateway.until(
    () => gateway.all('receipt', ticket).length + gateway.all('refusal', ticket).length > 0,
  );
  const { receipt } = gateway.last('receipt', ticket).meta;
  const { units, price, startedAt, finishedAt, ...hashes } = receipt;
  const amounts = {
    units: BigInt(units),
    price: BigInt(price),
    startedAt: BigInt(startedAt),
    finishedAt: BigInt(finishedAt),
  };
  gateway.say('receiptAck', { ticket });
  return {
    price: BigInt(price),
    digest: digestOf(gateway.domain, 'Receipt', { ...hashes, ...amounts }),
  };
}
const escrow = () =>
  new Contract(chain.deployment.contracts.SessionEscrow, sessionEscrowAbi, chain.rpc);
async function claimed(sessionId: Hex, atLeast: bigint): Promise<void> {
  const offerId = offerIdOf(owner as Address, modelId);
  await new Promise<void>((resolve, reject) => {
    const look = async (): Promise<void> => {
      const amount = (await escrow().getFunction('claimed')(sessionId, offerId)) as bigint;
      if (amount < atLeast) return;
      chain.rpc.off('block', look);
      resolve();
    };
    void chain.rpc.on('block', () => look().catch(reject));
    look().catch(reject);
  });
}

test('doctor names the fix for what is missing, and nothing once it is done', async () => {
  const failed = before.filter(({ verdict }) => verdict === 'fail');
  expect(failed).toEqual([
    expect.objectContaining({
      subject: 'registration',
      fix: expect.stringContaining('assay-provider register'),
    }),
  ]);
  const after = await diagnose();
  expect(after.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
  const subjects = after.filter(({ verdict }) => verdict === 'ok').map(({ subject }) => subject);
  for (const subject of [
    'receipt key',
    'registration',
    'stake',
    'offer char-lm',
    'model char-lm',
    'clock',
  ])
    expect(subjects).toContain(subject);
  expect(after.find(({ subject }) => subject === 'RPC 127.0.0.1:1')?.verdict).toBe('warn');
}, 60_000);

test('init never overwrites', async () => {
  const again = initProvider({ directory, bundle: BUNDLE, price: '1' });
  await expect(again).rejects.toMatchObject({ code: 'P320' });
});

test('register staked, registered the key and wrote the offer; once more it changes nothing', async () => {
  const staking = new Contract(chain.deployment.contracts.Staking, stakingAbi, chain.rpc);
  expect(await staking.getFunction('activeStake')(owner)).toBe(config.registration.stake);
  expect(steps.join('\n')).toMatch(/funded.*staked.*registered.*offer for char-lm 1 written/s);
  const again: string[] = [];
  const ownerKey = accountKey(2);
  await registerProvider({
    ...{ config, environment: {}, ownerKey },
    report: (step) => again.push(step),
  });
  expect(again.join('\n')).toMatch(/has gas.*stake is.*already registered.*stands/s);
}, 60_000);

test('a job is paid by voucher and claimed on chain, over the second RPC endpoint', async () => {
  const { sessionId } = await chain.openSession(
    gateway.sessionKey.address,
    gateway.address,
    1_000_000n,
  );
  const { price, digest } = await serve(sessionId);
  expect(price).toBe(5_000n);
  gateway.say('payment', gateway.payment(sessionId, offerIdOf(owner, modelId), price, [digest]));
  await gateway.hears('paymentAck');
  await claimed(sessionId, price);
  const [unmatured] = await escrow().getFunction('earningsOf')(owner);
  expect(unmatured).toBeGreaterThan(price / 2n);
  expect(unmatured).toBeLessThanOrEqual(price);
}, 120_000);

test('a closing session takes no more tickets, but what it vouched for is claimed', async () => {
  const { sessionId, grant } = await chain.openSession(
    gateway.sessionKey.address,
    gateway.address,
    1_000_000n,
  );
  const { price, digest } = await serve(sessionId);
  await chain.closeSession(grant);
  gateway.say('payment', gateway.payment(sessionId, offerIdOf(owner, modelId), price, [digest]));
  await claimed(sessionId, price);
  const refused = gateway.ask(owner, {
    modelId,
    sessionId,
    prompt: 'x',
    params: { maxTokens: 5 },
    unitPrice: 1_000n,
  });
  expect((await gateway.hears('refusal', refused)).meta.code).toBe('S406');
}, 120_000);

test('withdraw says how much went to whom, of which token and in which block', async () => {
  const { contracts } = config.chain.deployment;
  await chain.rpc.send('evm_increaseTime', [YEAR]);
  await chain.rpc.send('evm_mine', []);
  const [unmatured, matured] = await escrow().getFunction('earningsOf')(owner);
  expect([unmatured, matured > 0n]).toEqual([0n, true]);
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  onTestFinished(() => void vi.restoreAllMocks());
  const withdraw = async (...options: string[]) => {
    const argv = ['node', 'x', 'withdraw', '-c', join(directory, 'provider.json'), ...options];
    await buildProgram({ argv, environment: {}, cwd: '/' }).parseAsync(argv);
    return lines.splice(0).join('\n');
  };

  const said = JSON.parse(await withdraw('--json'));

  const [paid] = await escrow().queryFilter('EarningsWithdrawn');
  expect(said).toEqual({
    ...{ amount: `${matured}`, payout: owner, toDelegators: '0', token: contracts.TestUSD },
    ...{ block: paid?.blockNumber, txHash: paid?.transactionHash },
  });
  expect(await withdraw()).toBe('nothing has matured');
});

test('the earnings report and the chain agree', async () => {
  const { deployment, rpcUrls, timeoutMs } = config.chain;
  const reader = createChain({ rpcUrls, chainId: deployment.chainId, timeoutMs });
  const found = await chainEarnings(reader, deployment, owner as Address);
  reader.close();
  const report = (await askRunning(config.dataDir, 'GET', '/earnings')) as EarningsFacts;
  const received = report.claims.reduce((sum, { toProvider }) => sum + BigInt(toProvider), 0n);
  expect(received).toBeGreaterThan(0n);
  expect(found.unmatured + found.matured + found.withdrawn + found.toDelegators).toBe(received);
  expect(found.sinceBlock).toBe(deployment.deployBlock);
  expect(new Set(report.lines.map(({ model }) => model))).toEqual(new Set(['char-lm 1']));
});
