import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeFrame, type Hex, offerIdOf } from '@assay/wire';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { tiedToParent } from '../../localnet/src/processes/index.ts';
import { holdProcesses } from '../src/supervisor/slots/hold-processes.ts';
import { childrenOf } from './children-of.ts';
import { hex32 } from './gateway-double.ts';
import { LONG_TEXT_CREDIT, longText, longTextBundle } from './long-texts.ts';
import { prepareHarness } from './start-harness.ts';

// Only to end a run that hangs: nothing here waits for time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const MAIN = join(import.meta.dirname, '../src/main.ts');
const QUIETLY = ['--disable-warning=ExperimentalWarning'];
const BUNDLE = longTextBundle();
type Prepared = Awaited<ReturnType<typeof prepareHarness>>;
let harness: Prepared;
let supervisor: ChildProcess | undefined;

// One story in order: each test goes on with the provider of the one before.
beforeAll(async () => {
  harness = await prepareHarness({ credit: LONG_TEXT_CREDIT }, BUNDLE);
  await start();
}, 120_000);
afterAll(async () => {
  await kill('SIGKILL');
  await harness.close();
});

const providerCommand = (configFile: string) =>
  tiedToParent([process.execPath, ...QUIETLY, MAIN, 'start', '--config', configFile]);

/** Starts the provider as a process of its own and waits for its next link. */
async function start(): Promise<void> {
  const { gateway, configFile } = harness;
  const beats = gateway.all('heartbeat').length;
  const [file, ...args] = providerCommand(configFile);
  supervisor = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  await gateway.until(() => gateway.all('heartbeat').length > beats);
}
async function kill(signal: NodeJS.Signals): Promise<number | null> {
  const child = supervisor;
  supervisor = undefined;
  if (!child || child.exitCode !== null || child.signalCode !== null)
    return child?.exitCode ?? null;
  const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.kill(signal);
  return gone;
}
const ask = (plan: object): Hex => {
  const { gateway, provider, modelId, sessionId } = harness;
  return gateway.ask(provider, {
    modelId,
    sessionId,
    prompt: 'The provider ',
    ...plan,
  });
};
/** Every distinct receipt that was ever heard for a ticket, in bytes. */
function receiptsOf(ticket: Hex): Set<string> {
  const { gateway } = harness;
  const frames = gateway.raw.filter((bytes) => {
    const frame = decodeFrame(bytes);
    return frame.name === 'receipt' && frame.meta.ticket === ticket;
  });
  return new Set(frames.map((bytes) => bytes.toString('hex')));
}

test('killed in the middle of everything: nothing acknowledged is lost, no ticket gets two receipts', async () => {
  const { gateway, config, provider, modelId, sessionId } = harness;
  const offerId = offerIdOf(provider, modelId);
  for (let amount = 1n; amount <= 40n; amount++)
    gateway.say('payment', gateway.payment(sessionId, offerId, amount, [hex32()]));
  // Long enough for a start in between, however slow the machine.
  const deadlineMs = Date.now() + 120_000;
  const params = { maxTokens: 2 };
  const plan = { modelId, sessionId, prompt: 'a', params, maxPrice: 20n, deadlineMs };
  const made = Array.from({ length: 12 }, () => gateway.makeTicket(provider, plan));
  for (const { meta, body } of made) gateway.say('ticket', meta, body);
  await gateway.until(
    () => gateway.all('receipt').length >= 4 && gateway.all('paymentAck').length > 0,
  );
  expect(childrenOf(config.dataDir).length).toBeGreaterThan(0);
  await kill('SIGKILL');
  await gateway.until(() => gateway.socket?.readyState === 3);
  const heard = new Set(gateway.all('receipt').map(({ meta }) => meta.ticket));
  const acknowledged = gateway.all('paymentAck').map(({ meta }) => Number(meta.cumulative));
  const orphans = childrenOf(config.dataDir);

  gateway.knownTickets = made.map(({ id }) => id);
  await start();
  expect(orphans).toEqual([]);
  const lost = made.filter(({ id }) => gateway.all('refusal', id).length > 0);
  for (const { meta, body } of made) gateway.say('ticket', meta, body);
  await gateway.until(() => made.every(({ id }) => gateway.all('receipt', id).length > 0));
  for (const { id } of made) expect(receiptsOf(id).size).toBe(1);
  for (const id of heard) expect(gateway.all('receipt', id).length).toBeGreaterThan(1);
  for (const { id } of lost) expect(heard.has(id)).toBe(false);
  await gateway.hears('holdings', undefined, 2);
  const [held] = gateway.last('holdings').meta.payments;
  expect(Number(held?.cumulative ?? 0)).toBeGreaterThanOrEqual(Math.max(...acknowledged));
  for (const { id } of made) gateway.say('receiptAck', { ticket: id });
  const total = gateway
    .all('receipt')
    .reduce((sum, { meta }) => sum + BigInt(meta.receipt.price), 0n);
  gateway.say('payment', gateway.payment(sessionId, offerId, total + 1_000n));
}, 120_000);

test('a child killed in the middle of a job: that job is refused, the next is served', async () => {
  const { gateway, config } = harness;
  const ticket = ask(longText());
  await gateway.hears('chunk', ticket);
  for (const pid of childrenOf(config.dataDir)) process.kill(pid, 'SIGKILL');
  await gateway.hears('refusal', ticket);
  expect(gateway.all('receipt', ticket)).toEqual([]);
  const next = ask({ params: { maxTokens: 3 }, deadlineMs: Date.now() + 30_000 });
  await gateway.until(
    () => gateway.all('receipt', next).length + gateway.all('refusal', next).length > 0,
  );
  expect(gateway.all('refusal', next)).toEqual([]);
}, 120_000);

test('a second provider on the same data directory is refused with P323', async () => {
  const [file, ...args] = providerCommand(harness.configFile);
  const second = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  second.stderr.on('data', (part) => {
    words += part;
  });
  expect(await new Promise((resolve) => second.once('close', resolve))).toBe(1);
  expect(words).toContain('P323');
}, 120_000);

test('SIGTERM finishes what runs, says goodbye and ends with 0', async () => {
  const { gateway, config } = harness;
  const release = await holdProcesses(childrenOf(config.dataDir));
  const ticket = ask({ params: { maxTokens: 3 } });
  await gateway.hears('started', ticket);
  const ended = kill('SIGTERM');
  await gateway.until(() => gateway.last('heartbeat').meta.status === 'draining');
  const http = `http://127.0.0.1:${readFileSync(join(config.dataDir, 'http.port'), 'utf8')}`;
  const ready = await fetch(`${http}/readyz`);
  expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining('draining')]);
  expect((await fetch(`${http}/healthz`)).status).toBe(200);
  release();
  expect(await ended).toBe(0);
  expect(gateway.all('receipt', ticket)).toHaveLength(1);
  expect(gateway.last('goodbye').meta.reason).toBe('SIGTERM');
}, 120_000);
