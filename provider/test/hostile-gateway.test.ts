import { encodeFrame, type Hex } from '@assay/wire';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { holdProcesses } from '../src/supervisor/slots/hold-processes.ts';
import { ChainDouble } from './chain-double.ts';
import { childrenOf } from './children-of.ts';
import { GatewayDouble, hex32 } from './gateway-double.ts';
import { LONG_TEXT_CREDIT, longText, longTextBundle } from './long-texts.ts';
import { type Harness, startHarness } from './start-harness.ts';

// Only to end a run that hangs: nothing here waits for time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const JOBS = 5;
const BUNDLE = longTextBundle();
let harness: Harness;
/** Another marketplace of the same provider, one that speaks for the first's gateway, and one whose blobs are elsewhere. */
let rival: GatewayDouble;
let impostor: GatewayDouble;
let guide: GatewayDouble;

beforeAll(async () => {
  const { chainId, contracts } = new ChainDouble().deployment;
  const domain = { chainId, verifyingContract: contracts.SessionEscrow };
  rival = await GatewayDouble.start(domain);
  impostor = await GatewayDouble.start(domain);
  guide = await GatewayDouble.start(domain);
  guide.lies = { blobUrl: 'http://169.254.169.254/latest' };
  harness = await startHarness((gateway: GatewayDouble, chain: ChainDouble) => {
    impostor.signer = gateway.signer;
    return {
      marketplaces: [
        { url: gateway.url, gateway: gateway.address },
        { url: rival.url },
        { url: impostor.url },
        { url: guide.url },
      ],
      credit: { ...LONG_TEXT_CREDIT, maxUnvoucheredJobs: JOBS },
      // Tests hold the chain's answers back for as long as they need.
      chain: { rpcUrls: [chain.url], deployment: chain.deployment, timeoutMs: 60_000 },
    };
  }, BUNDLE);
  await Promise.all([harness.gateway.hears('heartbeat'), rival.hears('heartbeat')]);
}, 120_000);
afterAll(async () => {
  await harness.stop();
  await Promise.all([rival.stop(), impostor.stop(), guide.stop()]);
});

function openSession(gateway: GatewayDouble): Hex {
  const sessionId = hex32();
  const { address, sessionKey } = gateway;
  harness.chain.sessions.set(sessionId, {
    ...{ key: sessionKey.address, gateway: address, state: 1, balance: 1_000_000n },
  });
  return sessionId;
}
const short = { params: { maxTokens: 1 }, maxPrice: 10n };
const plan = (sessionId: Hex, more: object = short) => ({
  ...{ modelId: harness.modelId, sessionId, prompt: 'The provider ', ...more },
});
const ask = (sessionId: Hex, more: object = short): Hex =>
  harness.gateway.ask(harness.provider, plan(sessionId, more));
const answered = (ticket: Hex, by = harness.gateway) =>
  by.all('receipt', ticket).length + by.all('refusal', ticket).length > 0;
const times = <T>(make: () => T): T[] => Array.from({ length: JOBS }, make);

/** What was sent over this gateway's link before is through: a ticket that is refused before anybody asks the chain is. */
async function passed(gateway: GatewayDouble): Promise<void> {
  const { meta, body } = gateway.makeTicket(harness.provider, plan(hex32()));
  const id = hex32();
  gateway.sayRaw(encodeFrame('ticket', { ...meta, id }, body));
  await gateway.hears('refusal', id);
}
/** Nothing is computed until it is let go: what is running goes on running. */
const holdChildren = () => holdProcesses(childrenOf(harness.config.dataDir));

test('jobs that a gateway gave up by cutting the link still count against the session', async () => {
  const { gateway } = harness;
  const session = openSession(gateway);
  const tickets = times(() => ask(session));
  await gateway.until(() => tickets.every((ticket) => gateway.all('receipt', ticket).length > 0));
  gateway.knownTickets = [];
  gateway.drop();
  await Promise.all(tickets.map((ticket) => gateway.hears('receipt', ticket, 2)));
  const next = ask(session);
  await gateway.until(() => answered(next));
  expect(gateway.last('refusal', next).meta.code).toBe('P306');
});

test('a receiptAck for a running job frees none of its credit', async () => {
  const { gateway } = harness;
  const session = openSession(gateway);
  const release = await holdChildren();
  const tickets = times(() => ask(session));
  await gateway.until(() => tickets.some((ticket) => gateway.all('started', ticket).length > 0));
  for (const ticket of tickets) gateway.say('receiptAck', { ticket });
  const next = ask(session);
  await gateway.until(() => answered(next));
  expect(gateway.last('refusal', next).meta.code).toBe('P306');
  release();
  await gateway.until(() => tickets.every((ticket) => gateway.all('receipt', ticket).length > 0));
});

test('another gateway neither stops a job, nor acknowledges it, nor hears what it says', async () => {
  const { gateway, provider } = harness;
  const session = openSession(gateway);
  const { id, meta, body } = gateway.makeTicket(provider, plan(session));
  const release = await holdChildren();
  gateway.say('ticket', meta, body);
  await gateway.hears('started', id);
  for (const partial of [false, true])
    rival.say('cancel', { ticket: id, reason: 'spite', partial });
  rival.say('receiptAck', { ticket: id });
  rival.say('ticket', meta, body);
  await passed(rival);
  release();
  await gateway.until(() => answered(id));
  expect(gateway.all('refusal', id)).toEqual([]);
  rival.say('receiptAck', { ticket: id });
  rival.say('ticket', meta, body);
  rival.knownTickets = [id];
  rival.drop();
  await rival.hears('holdings', undefined, 2);
  await passed(rival);
  const told = rival.heard.filter((frame) => (frame.meta as { ticket?: Hex }).ticket === id);
  expect(told).toEqual([]);
  gateway.drop();
  await gateway.hears('receipt', id, 2);
});

test('a marketplace that claims the gateway of another is refused and hears no payments', async () => {
  await impostor.hears('goodbye');
  expect(impostor.all('holdings')).toEqual([]);
  const { httpPort } = harness.running;
  const status = await (await fetch(`http://127.0.0.1:${httpPort}/status`)).json();
  const { links } = status as { links: { url: string; lastProblem?: string }[] };
  expect(links.find(({ url }) => url === impostor.url)?.lastProblem).toContain('another link');
});

test('a marketplace whose blobs are on another host is refused', async () => {
  const { meta } = await guide.hears('goodbye');
  expect(meta.code).toBe('L700');
  expect(meta.reason).toContain('another host');
});

test('jobs that were stopped after output had left still count against the session', async () => {
  const { gateway } = harness;
  const session = openSession(gateway);
  for (let job = 0; job < JOBS; job++) {
    const ticket = ask(session, longText());
    await gateway.hears('chunk', ticket);
    gateway.say('cancel', { ticket, reason: 'read enough', partial: false });
    await gateway.until(() => answered(ticket));
    expect(gateway.all('receipt', ticket)).toEqual([]);
  }
  const next = ask(session);
  await gateway.until(() => answered(next));
  expect(gateway.last('refusal', next).meta.code).toBe('P306');
});

test('texts that were stopped before their first token leave the session all its credit', async () => {
  const { gateway } = harness;
  const session = openSession(gateway);
  for (let job = 0; job < JOBS; job++) {
    const release = await holdChildren();
    const ticket = ask(session, longText());
    await gateway.hears('started', ticket);
    gateway.say('cancel', { ticket, reason: 'the client left', partial: true });
    await passed(gateway);
    release();
    await gateway.until(() => answered(ticket));
    expect(gateway.all('refusal', ticket)).toHaveLength(1);
    expect([gateway.all('chunk', ticket), gateway.all('receipt', ticket)]).toEqual([[], []]);
  }
  const tickets = times(() => ask(session));
  await gateway.until(() => tickets.every((ticket) => answered(ticket)));
  expect(tickets.flatMap((ticket) => gateway.all('refusal', ticket))).toEqual([]);
  const next = ask(session);
  await gateway.until(() => answered(next));
  expect(gateway.last('refusal', next).meta.code).toBe('P306');
});

test('a ticket that is still looked at when the link is cut is answered once', async () => {
  const { gateway, chain } = harness;
  const release = chain.hold();
  const ticket = ask(openSession(gateway));
  await passed(gateway);
  gateway.knownTickets = [ticket];
  gateway.drop();
  const before = gateway.all('holdings').length;
  await gateway.until(() => gateway.all('holdings').length > before);
  await passed(gateway);
  release();
  await gateway.hears('receipt', ticket);
  expect(gateway.all('refusal', ticket)).toEqual([]);
});

test('a ticket that is still looked at can be cancelled', async () => {
  const { gateway, chain } = harness;
  const release = chain.hold();
  const ticket = ask(openSession(gateway));
  gateway.say('cancel', { ticket, reason: 'the client left', partial: false });
  expect((await gateway.hears('refusal', ticket)).meta.code).toBe('P300');
  release();
});

test('a session that ends before its voucher could be claimed gets no work', async () => {
  const { gateway, chain } = harness;
  const [ending, lasting] = [openSession(gateway), openSession(gateway)];
  const now = Math.ceil(Date.now() / 1000);
  Object.assign(chain.sessions.get(ending) ?? {}, { expiresAt: now + 600 });
  Object.assign(chain.sessions.get(lasting) ?? {}, { expiresAt: now + 86_400 });
  const [refused, served] = [ask(ending), ask(lasting)];
  expect((await gateway.hears('refusal', refused)).meta.code).toBe('S406');
  await gateway.hears('receipt', served);
});
