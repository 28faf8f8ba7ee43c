import {
  type Address,
  digestOf,
  type Intent,
  type JobEvent,
  type JobPayload,
  OPTIMISE,
  redisKeys,
  signerOf,
} from '@assay/wire';
import { createClient } from 'redis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectScripted, type ScriptedProvider } from './scripted-provider.ts';
import { startTestMarket, type TestMarket, type TestSession } from './start-test-market.ts';
import { KEYS, type RegisteredProvider } from './test-chain.ts';

let running: TestMarket;
let registered: RegisteredProvider;
let provider: ScriptedProvider;

beforeAll(async () => {
  running = await startTestMarket();
  const { chain, linkUrl: url, domain } = running;
  registered = await chain.registerProvider(KEYS[3], 'eu');
  provider = await connectScripted({ url, domain, registered, models: [chain.models.text] });
}, 120_000);
afterAll(async () => {
  await provider?.close();
  await running?.close();
});

const key = signerOf(`0x${'77'.repeat(32)}`);

function intent(): Intent {
  return {
    target: { modelId: running.chain.models.text },
    must: {},
    prefer: OPTIMISE.CHEAP,
    retries: 1,
  };
}
const payload = (prompt: string): JobPayload => ({
  kind: 'text',
  prompt,
  params: { maxTokens: 10 },
});

async function run(session: TestSession, prompt = 'one two') {
  const events: JobEvent[] = [];
  for await (const event of running.market.port.submit(intent(), payload(prompt), session.identity))
    events.push(event);
  return events;
}

const SESSION = `query ($id: ID!) { session(id: $id) { status deposit spent held free owed { offerId cumulative } forecast { perHour } } }`;
const sessionOf = async ({ sessionId, identity }: TestSession) =>
  (await running.ask(SESSION, { id: sessionId }, identity)).data.session;

const VOUCHERS = `mutation ($vouchers: [VoucherInput!]!) { submitVouchers(vouchers: $vouchers) {
  cumulative signature guarantee receiptsRoot } }`;

function voucherOf(session: TestSession, cumulative: bigint, signer = key) {
  const { sessionId } = session;
  const offerId = registered.offerId(running.chain.models.text);
  const signature = signer.sign(
    digestOf(running.domain, 'Voucher', { sessionId, offerId, cumulative }),
  );
  return { sessionId, offerId, cumulative: `${cumulative}`, signature };
}

it('tells a self-custody key what it owes, and guarantees what it signs', async () => {
  const session = await running.openSession({ key: key.address });
  const events = await run(session);
  expect(events.at(-1)).toMatchObject({ kind: 'JobCompleted', voucherDue: [{ cumulative: 200n }] });
  const vouchers = [voucherOf(session, 200n)];
  const { data } = await running.ask(VOUCHERS, { vouchers }, session.identity);
  expect(data.submitVouchers).toMatchObject([
    { cumulative: '200', guarantee: expect.stringMatching(/^0x/) },
  ]);
  await expect.poll(() => provider.payments.at(-1)?.sessionId).toBe(session.sessionId);
  expect((await sessionOf(session)).owed).toEqual([]);
  const again = await running.ask(VOUCHERS, { vouchers }, session.identity);
  expect(again.data).toEqual(data);
});

it.each([
  ['S403', 'lower than the one held', 100n, key],
  ['I100', 'above what is owed', 10_000n, key],
  ['S407', 'signed by another key', 400n, signerOf(`0x${'78'.repeat(32)}`)],
] as const)('refuses with %s a voucher %s', async (code, _, cumulative, signer) => {
  const session = await running.openSession({ key: key.address });
  await run(session);
  await running.ask(VOUCHERS, { vouchers: [voucherOf(session, 200n)] }, session.identity);
  await run(session);
  const vouchers = [voucherOf(session, cumulative, signer)];
  const { errors } = await running.ask(VOUCHERS, { vouchers }, session.identity);
  expect(errors?.[0]?.extensions.assayCode).toBe(code);
});

it('does no more work for a self-custody key than its credit', async () => {
  const session = await running.openSession({ key: key.address });
  for (let job = 0; job < 50; job++) await run(session, 'word');
  await expect(run(session, 'word')).rejects.toMatchObject({ code: 'S411' });
  await running.ask(VOUCHERS, { vouchers: [voucherOf(session, 5_000n)] }, session.identity);
  expect((await run(session, 'word')).at(-1)).toMatchObject({ kind: 'JobCompleted' });
}, 30_000);

it.each([
  ['S400', 'another gateway', { gateway: `0x${'12'.repeat(20)}` as Address }],
  ['S400', 'another fee', { gatewayFeePpm: 1 }],
  ['S400', 'an expiry in the past', { expiresAt: 1n }],
  ['S401', 'a policy that its hash does not match', { policy: `0x${'12'.repeat(32)}` as const }],
])('refuses with %s a grant with %s', async (code, _, change) => {
  const refused = running.openSession({ change });
  await expect(refused).rejects.toThrow(code);
});

it('refuses a deposit below the minimum, and one the payer cannot cover', async () => {
  await expect(running.openSession({ deposit: 1n })).rejects.toThrow('S405');
  await expect(running.openSession({ deposit: 10n ** 20n })).rejects.toThrow('S410');
});

it('refuses an authorisation that the payer did not sign', async () => {
  const other = '0x70997970c51812dc3a010c7d01b50e0d17dc79c8';
  await expect(running.openSession({ change: { payer: other } })).rejects.toThrow('S401');
});

it('enforces the policy of the grant', async () => {
  const { text, tensor } = running.chain.models;
  const perJob = await running.openSession({ policy: { maxPerJob: 999n } });
  await expect(run(perJob)).rejects.toMatchObject({
    code: 'I108',
    details: { limit: 'maxPerJob' },
  });
  const models = await running.openSession({ policy: { models: [tensor] } });
  await expect(run(models)).rejects.toMatchObject({ code: 'I108', details: { limit: 'models' } });
  const period = await running.openSession({ policy: { maxPerPeriod: 1_100n, models: [text] } });
  await run(period);
  await expect(run(period)).rejects.toMatchObject({
    code: 'I108',
    details: { limit: 'maxPerPeriod' },
  });
});

it('never lets parallel jobs hold more than the deposit', async () => {
  const session = await running.openSession({ deposit: 100_000n, policy: { maxPerJob: 1_000n } });
  const all = Array.from({ length: 120 }, () => run(session, 'a b c d e f g h i j'));
  const settled = await Promise.allSettled(all);
  const completed = settled.filter(({ status }) => status === 'fulfilled').length;
  const { spent, held, free } = await sessionOf(session);
  expect({ spent, held, free }).toEqual({
    spent: `${completed * 1000}`,
    held: '0',
    free: `${100_000 - completed * 1000}`,
  });
  for (const one of settled)
    if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'I101' });
  expect(completed).toBeGreaterThan(50);
}, 30_000);

it('states every line of a session', async () => {
  const session = await running.openSession();
  await run(session);
  const query = `query ($id: ID!, $from: DateTime!, $to: DateTime!) { statement(sessionId: $id, from: $from, to: $to) {
    opening closing lines { edges { node { kind amount balance jobId transaction } } pageInfo { hasNextPage } } } }`;
  const from = new Date(Date.now() - 60_000).toISOString();
  const to = new Date(Date.now() + 60_000).toISOString();
  const { data } = await running.ask(query, { id: session.sessionId, from, to }, session.identity);
  expect(data.statement).toMatchObject({
    opening: '0',
    closing: '9999800',
    lines: {
      edges: [
        {
          node: { kind: 'DEPOSIT', amount: '10000000', transaction: expect.stringMatching(/^0x/) },
        },
        { node: { kind: 'JOB', amount: '-200', balance: '9999800' } },
      ],
    },
  });
});

it('closes a session with a signature of its key, and refuses further jobs', async () => {
  const session = await running.openSession({ key: key.address });
  const { sessionId } = session;
  const close = 'mutation ($id: ID!, $s: Hex!) { closeSession(id: $id, signature: $s) { status } }';
  const forged = signerOf(`0x${'79'.repeat(32)}`).sign(
    digestOf(running.domain, 'Close', { sessionId }),
  );
  expect(
    (await running.ask(close, { id: sessionId, s: forged })).errors?.[0]?.extensions.assayCode,
  ).toBe('S407');
  const s = key.sign(digestOf(running.domain, 'Close', { sessionId }));
  expect((await running.ask(close, { id: sessionId, s })).data.closeSession.status).toBe('CLOSING');
  await expect(run(session)).rejects.toMatchObject({ code: 'S406' });
});

it('shows a session to its bearer only', async () => {
  const session = await running.openSession();
  const stranger = await running.openSession();
  const { data } = await running.ask(SESSION, { id: session.sessionId }, stranger.identity);
  expect(data.session).toBeNull();
  await expect(run({ ...session, identity: { requestId: 'x' } })).rejects.toMatchObject({
    code: 'I105',
  });
});

it('ends the jobs of an instance that died and frees what they held', async () => {
  const session = await running.openSession();
  provider.onTicket = () => undefined;
  const following = running.market.port
    .submit(intent(), payload('never'), session.identity)
    [Symbol.asyncIterator]();
  const jobId = (await following.next()).value?.jobId ?? '0x';
  const redis = await createClient({ url: running.redisUrl }).connect();
  await redis.sAdd('jobs:running:dead', jobId);
  await redis.zAdd('jobs:instances', { score: 1, value: 'dead' });
  const { market: other } = await running.another();
  const seen: string[] = [];
  for await (const event of other.port.events(jobId, 0, session.identity)) seen.push(event.kind);
  expect(seen.at(-1)).toBe('JobFailed');
  await redis.close();
  await following.return?.();
});

/** A provider of its own for one test; the common one refuses meanwhile. */
async function holderOf(key: (typeof KEYS)[number], region: string) {
  const { chain, linkUrl: url, domain } = running;
  const holding = await chain.registerProvider(key, region);
  const models = [chain.models.text];
  provider.onTicket = (ticket, self) => self.refuse(ticket, 'P305');
  const connect = (link = url, holdings: ScriptedProvider['payments'] = []) =>
    connectScripted({ url: link, domain, registered: holding, models, price: 50n, holdings });
  return connect;
}

async function loseRedis(): Promise<void> {
  const redis = await createClient({ url: running.redisUrl }).connect();
  await redis.flushAll();
  await redis.close();
}

/** Resolves when all of the session is stored: whatever came later would have the market that runs store it anew. */
async function atRest({ sessionId }: TestSession): Promise<void> {
  const redis = await createClient({ url: running.redisUrl }).connect();
  await expect
    .poll(async () => ({
      holds: await redis.hLen(redisKeys.sessionHolds(sessionId)),
      unacked: (await redis.hVals(redisKeys.sessionOffers(sessionId))).flatMap(
        (offer) => JSON.parse(offer).unacked,
      ),
    }))
    .toEqual({ holds: 0, unacked: [] });
  await redis.close();
}

it('keeps its ledger when Redis loses everything while it runs', async () => {
  const session = await running.openSession();
  const holder = await (await holderOf(KEYS[5], 'ap'))();
  await run(session);
  await expect.poll(() => holder.payments.at(-1)?.cumulative).toBe('100');
  await loseRedis();
  expect((await run(session)).at(-1)).toMatchObject({ kind: 'JobCompleted' });
  await expect.poll(() => holder.payments.at(-1)?.cumulative).toBe('200');
  expect(await sessionOf(session)).toMatchObject({ spent: '200', held: '0' });
  await holder.close();
});

it('a released hold stays released when Redis falls back behind its release', async () => {
  const session = await running.openSession();
  await run(session);
  await atRest(session);
  const { sessionId } = session;
  const redis = await createClient({ url: running.redisUrl }).connect();
  await redis.hSet(
    redisKeys.sessionHolds(sessionId),
    sessionId,
    '{"amount":"5","at":0,"tickets":[]}',
  );
  await redis.hIncrBy(redisKeys.session(sessionId), 'version', -1);
  await redis.close();
  await run(session);
  await atRest(session);
});

it('rebuilds its ledger in its next life from the chain and the payments providers hold', async () => {
  const session = await running.openSession();
  const connect = await holderOf(KEYS[6], 'sa');
  const holder = await connect();
  await run(session);
  await expect.poll(() => holder.payments.length).toBe(1);
  await atRest(session);
  await holder.close();
  await loseRedis();
  const { market, linkUrl } = await running.another();
  const back = await connect(linkUrl, holder.payments);
  const spent = async () => {
    const asked = { query: SESSION, variables: { id: session.sessionId } };
    return (await running.askAt(market, asked, session.identity)).data?.session?.spent;
  };
  await expect.poll(spent).toBe('100');
  const { port } = market;
  const refused = port
    .submit(intent(), payload('one'), session.identity)
    [Symbol.asyncIterator]()
    .next();
  await expect(refused).rejects.toMatchObject({ code: 'I108' });
  await back.close();
});
