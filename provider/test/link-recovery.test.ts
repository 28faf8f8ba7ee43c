import { decodeFrame, type Hex, offerIdOf, signerOf } from '@assay/wire';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { holdProcesses } from '../src/supervisor/slots/hold-processes.ts';
import { childrenOf } from './children-of.ts';
import { GatewayDouble, hex32 } from './gateway-double.ts';
import { type Harness, startHarness } from './start-harness.ts';

// Only to end a run that hangs: nothing here waits for time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let harness: Harness;
// One story in order: each test goes on with the provider of the one before.
beforeAll(async () => {
  harness = await startHarness({ credit: { maxUnvouchered: '500000' } });
  await harness.gateway.hears('heartbeat');
}, 120_000);
afterAll(() => harness.stop());

const ask = (plan: object = {}): Hex => {
  const { gateway, provider, modelId, sessionId } = harness;
  return gateway.ask(provider, {
    modelId,
    sessionId,
    prompt: 'The provider ',
    params: { maxTokens: 8 },
    maxPrice: 5_000n,
    ...plan,
  });
};
const bytesOf = (gateway: GatewayDouble, name: string, ticket: Hex): string[] =>
  gateway.raw
    .map((bytes) => ({ bytes, frame: decodeFrame(bytes) }))
    .filter(
      ({ frame }) => frame.name === name && (frame.meta as { ticket?: Hex }).ticket === ticket,
    )
    .map(({ bytes }) => bytes.toString('hex'));

/** A ticket of a session that the provider does not know yet, while the chain does not answer. */
async function askUnread(): Promise<{ ticket: Hex; answer: () => void }> {
  const { chain, gateway, sessionId } = harness;
  const session = chain.sessions.get(sessionId);
  const fresh = hex32();
  if (session) chain.sessions.set(fresh, { ...session });
  const { promise, resolve } = Promise.withResolvers<void>();
  chain.held = promise;
  const ticket = ask({ sessionId: fresh });
  // Heard after the ticket: so that is in hand.
  const before = gateway.all('heartbeat').length;
  await gateway.until(() => gateway.all('heartbeat').length > before + 1);
  const answer = (): void => {
    chain.held = undefined;
    resolve();
  };
  return { ticket, answer };
}

test('a ticket still being read when the link breaks is served over the next link', async () => {
  const { gateway } = harness;
  const { ticket, answer } = await askUnread();
  gateway.knownTickets = [ticket];
  const greeted = gateway.all('hello').length;
  gateway.drop();
  await gateway.hears('hello', undefined, greeted + 1);
  const beats = gateway.all('heartbeat').length;
  await gateway.hears('heartbeat', undefined, beats + 1);
  answer();
  await gateway.hears('receipt', ticket);
  expect(gateway.all('refusal', ticket)).toEqual([]);
}, 60_000);

test('a ticket cancelled while it is still read is refused, and never runs', async () => {
  const { gateway } = harness;
  const { ticket, answer } = await askUnread();
  gateway.say('cancel', { ticket, reason: 'client left', partial: true });
  const before = gateway.all('heartbeat').length;
  await gateway.until(() => gateway.all('heartbeat').length > before + 1);
  answer();
  await gateway.hears('refusal', ticket);
  expect(gateway.all('started', ticket)).toEqual([]);
  expect(gateway.all('receipt', ticket)).toEqual([]);
}, 60_000);

test('an unacknowledged receipt comes again after a cut, byte for byte, and not after its acknowledgement', async () => {
  const { gateway } = harness;
  const ticket = ask();
  await gateway.hears('receipt', ticket);
  gateway.drop();
  await gateway.hears('receipt', ticket, 2);
  expect(new Set(bytesOf(gateway, 'receipt', ticket)).size).toBe(1);
  gateway.say('receiptAck', { ticket });
  const next = ask();
  await gateway.hears('receipt', next);
  gateway.drop();
  await gateway.hears('receipt', next, 2);
  expect(gateway.all('receipt', ticket)).toHaveLength(2);
}, 60_000);

test('a job goes on over a cut, and every chunk is said again from the first', async () => {
  const { gateway } = harness;
  const ticket = ask({ params: { maxTokens: 1_500 }, maxPrice: 20_000n });
  await gateway.hears('chunk', ticket);
  gateway.knownTickets = [ticket];
  gateway.drop();
  const { meta } = await gateway.hears('receipt', ticket);
  const chunks = gateway.all('chunk', ticket);
  const second = chunks.slice(chunks.findLastIndex((chunk) => chunk.meta.index === 0));
  expect(second.map((chunk) => chunk.meta.index)).toEqual(
    Array.from({ length: meta.chunks }, (_, index) => index),
  );
  for (const index of new Set(chunks.map((chunk) => chunk.meta.index)))
    expect(
      new Set(chunks.filter((chunk) => chunk.meta.index === index).map((chunk) => chunk.meta.text))
        .size,
    ).toBe(1);
}, 60_000);

test('a ticket nobody knows is given back at once; one the gateway gave up is stopped', async () => {
  const { gateway, config } = harness;
  // Without the pauses that the cuts before this have earned.
  const links = gateway.all('holdings').length;
  await harness.restart();
  await gateway.hears('holdings', undefined, links + 1);
  const release = await holdProcesses(childrenOf(config.dataDir));
  const [running, queued] = [ask(), ask()];
  await gateway.until(() => gateway.last('heartbeat').meta.queued === 1);
  const unknown = hex32();
  gateway.knownTickets = [unknown];
  gateway.drop();
  expect((await gateway.hears('refusal', unknown)).meta.code).toBe('P300');
  for (const abandoned of [running, queued])
    expect((await gateway.hears('refusal', abandoned)).meta.code).toBe('P300');
  release();
  const next = ask();
  await gateway.hears('receipt', next);
  for (const abandoned of [running, queued]) expect(gateway.all('receipt', abandoned)).toEqual([]);
}, 60_000);

test('after a restart: stored receipts are sent again, payments are in the holdings', async () => {
  const { gateway, provider, modelId, sessionId } = harness;
  const ticket = ask();
  await gateway.hears('receipt', ticket);
  const offerId = offerIdOf(provider, modelId);
  const payment = gateway.payment(sessionId, offerId, 80n);
  gateway.say('payment', payment);
  await gateway.hears('paymentAck');
  const links = gateway.all('holdings').length;
  await harness.restart();
  await gateway.hears('receipt', ticket, 2);
  expect(new Set(bytesOf(gateway, 'receipt', ticket)).size).toBe(1);
  await gateway.hears('holdings', undefined, links + 1);
  const { receiptDigests, ...held } = payment;
  expect(gateway.last('holdings').meta).toEqual({
    payments: [{ ...held, receiptDigests: [] }],
    more: false,
  });
}, 60_000);

test('frames no gateway sends are ignored', async () => {
  const { gateway } = harness;
  const before = gateway.challenges;
  gateway.say('started', { ticket: hex32(), time: 1 });
  gateway.say('receiptAck', { ticket: hex32() });
  const ticket = ask();
  await gateway.hears('receipt', ticket);
  expect(gateway.challenges).toBe(before);
}, 60_000);

test('a gateway of another chain is refused, and the reason is in the status', async () => {
  const { gateway, running } = harness;
  const stranger = await GatewayDouble.start({ ...gateway.domain, chainId: 5 });
  await running.stop('switch');
  const { startProvider } = await import('../src/supervisor/start-provider.ts');
  const { pino } = await import('pino');
  const config = { ...harness.config, marketplaces: [{ url: stranger.url }] };
  harness.running = await startProvider({
    config,
    environment: {},
    log: pino({ level: 'silent' }),
  });
  await stranger.hears('goodbye');
  const status = await (await fetch(`http://127.0.0.1:${harness.running.httpPort}/status`)).json();
  expect(JSON.stringify(status)).toContain('chain 5');
  expect((await fetch(`http://127.0.0.1:${harness.running.httpPort}/readyz`)).status).toBe(503);
  await stranger.stop();
}, 60_000);

test('a marketplace that claims another gateway’s address gets no link and no job', async () => {
  const { startProvider } = await import('../src/supervisor/start-provider.ts');
  const { pino } = await import('pino');
  await harness.running.stop('switch');
  const impostor = await GatewayDouble.start(harness.gateway.domain);
  impostor.prover = signerOf(hex32());
  const config = { ...harness.config, marketplaces: [{ url: impostor.url }] };
  harness.running = await startProvider({
    config,
    environment: {},
    log: pino({ level: 'silent' }),
  });
  await impostor.hears('goodbye');
  expect(impostor.last('goodbye').meta).toMatchObject({ code: 'L705' });
  const status = await (await fetch(`http://127.0.0.1:${harness.running.httpPort}/status`)).json();
  expect(JSON.stringify(status)).toContain('L705');
  expect(impostor.all('holdings')).toEqual([]);
  impostor.prover = undefined;
  await impostor.hears('heartbeat');
  await impostor.stop();
}, 60_000);
