import type { Identity, Intent, JobEvent, JobPayload } from '@assay/wire';
import {
  digestOf,
  encodeFrame,
  isSignedBy,
  LONGEST_PREFIX,
  longestText,
  OPTIMISE,
  outcomeShard,
  redisKeys,
} from '@assay/wire';
import { createClient } from 'redis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectJobsPort } from '../src/index.ts';
import { serveJobs } from '../src/serve-jobs.ts';
import {
  answerHonestly,
  connectScripted,
  type ScriptedProvider,
  wordsOf,
} from './scripted-provider.ts';
import { SECRET, startTestMarket, type TestMarket, type TestSession } from './start-test-market.ts';
import { KEYS, type RegisteredProvider } from './test-chain.ts';

let running: TestMarket;
let session: TestSession;
let registered: { cheap: RegisteredProvider; dear: RegisteredProvider };

beforeAll(async () => {
  running = await startTestMarket();
  registered = {
    cheap: await running.chain.registerProvider(KEYS[3], 'eu'),
    dear: await running.chain.registerProvider(KEYS[4], 'us', 200n),
  };
  session = await running.openSession();
}, 120_000);
afterAll(() => running?.close());

const PROMPT = 'one two three four five six';

/** Providers of this test alone; the cheap one is chosen first. */
async function setup(options: { cheap?: boolean; dear?: boolean } = {}) {
  const { linkUrl: url, domain, chain } = running;
  const models = Object.values(chain.models);
  const connect = (which: RegisteredProvider, price: bigint) =>
    connectScripted({ url, domain, registered: which, models, price });
  const cheap = options.cheap === false ? undefined : await connect(registered.cheap, 100n);
  const dear = options.dear === false ? undefined : await connect(registered.dear, 200n);
  return {
    cheap: cheap as ScriptedProvider,
    dear: dear as ScriptedProvider,
    async [Symbol.asyncDispose]() {
      await Promise.all([cheap?.close(), dear?.close()]);
      await expect.poll(async () => (await quoteProviders()) ?? 0).toBe(0);
    },
  };
}

async function quoteProviders(): Promise<number | undefined> {
  const query = 'query ($intent: IntentInput!) { quote(intent: $intent) { providers } }';
  const answer = await running.ask(query, {
    intent: { target: { modelId: running.chain.models.text } },
  });
  return answer.data?.quote?.providers;
}

/** Money decides: so the cheap provider gets the first attempt. */
function intentOf(change: Partial<Intent> = {}): Intent {
  const target = { modelId: running.chain.models.text };
  return { target, must: {}, prefer: { ...OPTIMISE.CHEAP, kappa: 0 }, retries: 1, ...change };
}
const text = (prompt = PROMPT, maxTokens = 20): JobPayload => ({
  ...{ kind: 'text', prompt },
  params: { maxTokens },
});

async function run(intent: Intent, payload: JobPayload, identity: Identity = session.identity) {
  const events: JobEvent[] = [];
  for await (const event of running.market.port.submit(intent, payload, identity))
    events.push(event);
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  return events;
}

/** The cheap provider's next link. */
function connectAgain(): Promise<ScriptedProvider> {
  const { linkUrl: url, domain, chain } = running;
  const models = Object.values(chain.models);
  return connectScripted({ url, domain, registered: registered.cheap, models, price: 100n });
}

/** Cancels at the first output. */
async function runAndCancel(): Promise<JobEvent[]> {
  const { port } = running.market;
  const events: JobEvent[] = [];
  for await (const event of port.submit(intentOf(), text(), session.identity)) {
    events.push(event);
    if (event.kind === 'JobOutput') await port.cancel(event.jobId, session.identity);
  }
  return events;
}

const kinds = (events: readonly JobEvent[]) =>
  events.map((event) => event.kind).filter((kind, index, all) => kind !== all[index - 1]);
const textOf = (events: readonly JobEvent[]) =>
  events.map((event) => (event.kind === 'JobOutput' ? (event.text ?? '') : '')).join('');

async function balance() {
  const query = 'query ($id: ID!) { session(id: $id) { spent held } }';
  const { data } = await running.ask(query, { id: session.sessionId }, session.identity);
  return { spent: BigInt(data.session.spent), held: BigInt(data.session.held) };
}

/** What reputation hears of a provider's latest attempt. */
async function lastOutcome({ registered: { address } }: ScriptedProvider): Promise<unknown> {
  const redis = await createClient({ url: running.redisUrl }).connect();
  const latest = await redis.xRevRange(redisKeys.outcomes(outcomeShard(address)), '+', '-');
  await redis.close();
  const outcomes = (latest ?? []).map(({ message }) => JSON.parse(message.outcome ?? ''));
  return outcomes.find(({ providerId }) => providerId === address);
}

it('runs a job, charges its units once and pays the provider', async () => {
  await using providers = await setup();
  const before = await balance();
  const events = await run(intentOf(), text());
  expect(kinds(events)).toEqual(['JobQueued', 'JobAssigned', 'JobOutput', 'JobCompleted']);
  expect(textOf(events)).toBe(PROMPT);
  expect(events.at(-1)).toMatchObject({ price: 600n, units: 6n, nextBestPrice: 4000n });
  expect(await balance()).toEqual({ spent: before.spent + 600n, held: 0n });
  await expect.poll(() => providers.cheap.payments.length).toBeGreaterThan(0);
});

it('runs tensors and keeps their bytes', async () => {
  await using _ = await setup();
  const x = Float32Array.of(1, 2.5, -3);
  const tensor = {
    name: 'x',
    datatype: 'FP32',
    shape: [3],
    data: new Uint8Array(x.buffer),
  } as const;
  const target = { modelId: running.chain.models.tensor };
  const events = await run(intentOf({ target }), {
    kind: 'tensors',
    tensors: [tensor],
    params: {},
  });
  const output = events.find((event) => event.kind === 'JobOutput');
  const [y] = output?.kind === 'JobOutput' ? (output.tensors ?? []) : [];
  expect(y && 'data' in y && [...new Float32Array(new Uint8Array(y.data).buffer)]).toEqual([
    2, 5, -6,
  ]);
});

it('continues the text at another provider when one is killed mid-stream, billed once', async () => {
  await using providers = await setup();
  providers.cheap.onTicket = (ticket, provider) => {
    provider.text(ticket, 0, 'one ');
    provider.text(ticket, 1, 'two ');
    setImmediate(() => provider.kill());
  };
  const before = await balance();
  const events = await run(intentOf(), text());
  expect(textOf(events)).toBe(PROMPT);
  expect(kinds(events)).toEqual([
    ...['JobQueued', 'JobAssigned', 'JobOutput', 'JobFailedOver', 'JobAssigned'],
    ...['JobOutput', 'JobCompleted'],
  ]);
  expect(events.at(-1)).toMatchObject({ price: 800n, units: 4n });
  expect(providers.dear.tickets[0]?.meta.params.deliveredPrefix).toBe('one two ');
  expect(await balance()).toEqual({ spent: before.spent + 800n, held: 0n });
});

it('hands on the whole of a text that takes more bytes than a frame’s meta holds', async () => {
  await using providers = await setup();
  const piece = '汉'.repeat(18_000);
  providers.cheap.onTicket = (ticket, provider) => {
    for (const index of [0, 1, 2]) provider.text(ticket, index, piece, 150);
    setImmediate(() => provider.kill());
  };
  providers.dear.onTicket = (ticket, provider) => {
    provider.text(ticket, 0, 'end');
    provider.receipt(ticket, { text: 'end', chunks: 1, units: 1n });
  };
  const events = await run(intentOf(), text(PROMPT, 1_000));
  expect(events.at(-1)).toMatchObject({ kind: 'JobCompleted' });
  const prefix = providers.dear.tickets[0]?.meta.params.deliveredPrefix;
  expect(prefix).toBe(piece.repeat(3));
  expect(textOf(events)).toBe(`${piece.repeat(3)}end`);
});

it('a text longer than any ticket holds ends with its provider', async () => {
  await using providers = await setup();
  const piece = 'x'.repeat(20_000);
  providers.cheap.onTicket = (ticket, provider) => {
    for (let index = 0; index <= LONGEST_PREFIX / piece.length; index++)
      provider.text(ticket, index, piece, 160);
    void provider.heard().then(provider.kill);
  };
  const events = await run(intentOf(), text(PROMPT, 9_000));
  expect(events.at(-1)).toMatchObject({ kind: 'JobFailed', code: 'R204', price: 0n });
  expect(providers.dear.tickets).toEqual([]);
});

it.each([
  ['for one token', 1],
  ['for more tokens than the job may have', 1_000_000],
])(
  'delivers no text too long %s; the job goes on elsewhere with what came before',
  async (_, units) => {
    await using providers = await setup();
    const { cheap, dear } = providers;
    cheap.onTicket = (ticket) => {
      cheap.text(ticket, 0, 'one ');
      cheap.text(ticket, 1, 'x'.repeat(longestText(20) + 1), units);
      cheap.text(ticket, 2, 'two ');
      cheap.receipt(ticket, { text: 'one ', chunks: 1, units: 1n });
    };
    const before = await balance();
    const events = await run(intentOf(), text());
    expect(textOf(events)).toBe(PROMPT);
    expect(dear.tickets[0]?.meta.params.deliveredPrefix).toBe('one ');
    expect(events.at(-1)).toMatchObject({ kind: 'JobCompleted', price: 1000n, units: 5n });
    expect(await balance()).toEqual({ spent: before.spent + 1000n, held: 0n });
    expect(cheap.goodbyes[0]).toMatchObject({ code: 'L700' });
    await expect.poll(() => lastOutcome(cheap)).toMatchObject({ kind: 'invalid', price: '0' });
  },
);

it('a text as long as its tokens can be is one that the next provider takes', async () => {
  await using providers = await setup();
  const longest = 'x'.repeat(longestText(20));
  providers.cheap.onTicket = (ticket, provider) => {
    provider.text(ticket, 0, longest, 20);
    void provider.heard().then(provider.kill);
  };
  providers.dear.onTicket = (ticket, provider) =>
    provider.receipt(ticket, { chunks: 0, units: 0n });
  const events = await run(intentOf(), text());
  expect(events.at(-1)).toMatchObject({ kind: 'JobCompleted', price: 0n });
  expect(providers.dear.tickets[0]?.meta.params.deliveredPrefix).toBe(longest);
});

it('a text that two providers made longer than its tokens can be ends with the second', async () => {
  await using providers = await setup();
  const { cheap, dear } = providers;
  const half = 'x'.repeat(longestText(20));
  for (const provider of [cheap, dear])
    provider.onTicket = (ticket) => {
      provider.text(ticket, 0, half, 20);
      void provider.heard().then(provider.kill);
    };
  const events = await run(intentOf({ retries: 5 }), text());
  expect(events.at(-1)).toMatchObject({ kind: 'JobFailed', code: 'R204', retryable: true });
});

it('goes on at the provider whose link was cut and is back within the grace: nothing lost, doubled or moved', async () => {
  await using providers = await setup();
  const { cheap, dear } = providers;
  const back = Promise.withResolvers<ScriptedProvider>();
  cheap.onTicket = (ticket) => {
    cheap.text(ticket, 0, 'one ');
    cheap.text(ticket, 1, 'two ');
  };
  const before = await balance();
  const events: JobEvent[] = [];
  for await (const event of running.market.port.submit(intentOf(), text(), session.identity)) {
    events.push(event);
    if (textOf(events) !== 'one two ' || event.kind !== 'JobOutput') continue;
    cheap.kill();
    const again = await connectAgain();
    const [ticket] = cheap.tickets;
    expect(again.welcome?.knownTickets).toEqual([ticket?.meta.id]);
    if (ticket !== undefined) answerHonestly(ticket, again);
    back.resolve(again);
  }
  const again = await back.promise;
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  expect(kinds(events)).toEqual(['JobQueued', 'JobAssigned', 'JobOutput', 'JobCompleted']);
  expect(textOf(events)).toBe(PROMPT);
  expect(events.at(-1)).toMatchObject({ price: 600n, units: 6n });
  expect(await balance()).toEqual({ spent: before.spent + 600n, held: 0n });
  expect(dear.tickets).toEqual([]);
  expect(again.tickets).toEqual([]);
  await again.close();
});

it('goes on over a newer link that replaces one not known to be cut', async () => {
  await using providers = await setup({ dear: false });
  const { cheap } = providers;
  cheap.onTicket = (ticket) => cheap.text(ticket, 0, 'one ');
  const events: JobEvent[] = [];
  let again: ScriptedProvider | undefined;
  for await (const event of running.market.port.submit(intentOf(), text(), session.identity)) {
    events.push(event);
    const [ticket] = cheap.tickets;
    if (event.kind !== 'JobOutput' || again !== undefined || ticket === undefined) continue;
    again = await connectAgain();
    answerHonestly(ticket, again);
  }
  expect(textOf(events)).toBe(PROMPT);
  expect(events.at(-1)).toMatchObject({ kind: 'JobCompleted', price: 600n });
  expect(kinds(events)).not.toContain('JobFailedOver');
  await again?.close();
});

it('pays one receipt of a provider that is back after the grace: the one of who took over', async () => {
  await using providers = await setup();
  const { cheap, dear } = providers;
  cheap.onTicket = (ticket) => {
    cheap.text(ticket, 0, 'one ');
    setImmediate(() => cheap.kill());
  };
  const before = await balance();
  const events = await run(intentOf(), text());
  expect(events.at(-1)).toMatchObject({ kind: 'JobCompleted', price: 1000n });
  expect(dear.tickets[0]?.meta.params.deliveredPrefix).toBe('one ');
  const again = await connectAgain();
  expect(again.welcome?.knownTickets).toEqual([]);
  const [ticket] = cheap.tickets;
  if (ticket !== undefined) answerHonestly(ticket, again);
  await expect.poll(() => again.acknowledged).toEqual([ticket?.meta.id]);
  expect(await balance()).toEqual({ spent: before.spent + 1000n, held: 0n });
  await again.close();
});

it('moves the job when the provider says goodbye', async () => {
  await using providers = await setup();
  const { cheap } = providers;
  cheap.onTicket = (ticket) => {
    cheap.text(ticket, 0, 'one ');
    cheap.sendRaw(encodeFrame('goodbye', { code: 'P305', reason: 'stops' }));
  };
  const events = await run(intentOf(), text());
  expect(textOf(events)).toBe(PROMPT);
  expect(events.at(-1)).toMatchObject({ kind: 'JobCompleted', price: 1000n });
});

it('a job cancelled while its provider’s link is cut is stopped over the next one', async () => {
  await using providers = await setup({ dear: false });
  const { cheap } = providers;
  cheap.onTicket = (ticket) => cheap.text(ticket, 0, 'one ');
  const { port } = running.market;
  const events: JobEvent[] = [];
  let again: ScriptedProvider | undefined;
  for await (const event of port.submit(intentOf(), text(), session.identity)) {
    events.push(event);
    if (event.kind !== 'JobOutput' || again !== undefined) continue;
    cheap.kill();
    await port.cancel(event.jobId, session.identity);
    again = await connectAgain();
    await expect.poll(() => again?.cancels).toHaveLength(1);
    const [ticket] = cheap.tickets;
    if (ticket === undefined) throw new Error('no ticket');
    again.text(ticket, 0, 'one ');
    again.receipt(ticket, { text: 'one ', chunks: 1, units: 1n });
  }
  expect(events.at(-1)).toMatchObject({ kind: 'JobCancelled', price: 100n });
  expect(textOf(events)).toBe('one ');
  await again?.close();
});

it('ends in JobFailed and charges nothing when the only provider is killed', async () => {
  await using providers = await setup({ dear: false });
  providers.cheap.onTicket = (_, provider) => provider.kill();
  const before = await balance();
  const events = await run(intentOf(), text());
  expect(events.at(-1)).toMatchObject({ kind: 'JobFailed', retryable: true, price: 0n });
  expect(await balance()).toEqual(before);
});

it('does not repeat a tensor that was delivered before the provider was killed', async () => {
  await using providers = await setup();
  const y = {
    name: 'y',
    datatype: 'FP32',
    shape: [1],
    data: new Uint8Array(Float32Array.of(4).buffer),
  } as const;
  providers.cheap.onTicket = (ticket, provider) => {
    provider.tensors(ticket, 0, [y]);
    setImmediate(() => provider.kill());
  };
  const x = { ...y, name: 'x', data: new Uint8Array(Float32Array.of(2).buffer) };
  const target = { modelId: running.chain.models.tensor };
  const events = await run(intentOf({ target }), { kind: 'tensors', tensors: [x], params: {} });
  expect(events.filter((event) => event.kind === 'JobOutput')).toHaveLength(1);
  expect(events.at(-1)).toMatchObject({ kind: 'JobCompleted', price: 200n });
});

it.each([
  ['a price above units x unit price', { price: 10_000n }],
  ['another output root', { outputRoot: `0x${'ab'.repeat(32)}` }],
  ['another input root', { inputRoot: `0x${'ab'.repeat(32)}` }],
  ['another execution class', { execClass: `0x${'ab'.repeat(32)}` }],
  ['more units than were asked for', { units: 21n }],
] as const)('pays nothing for a receipt with %s', async (_, change) => {
  await using providers = await setup({ dear: false });
  providers.cheap.onTicket = (ticket, provider) => {
    provider.text(ticket, 0, 'one');
    provider.receipt(ticket, { text: 'one', chunks: 1, units: 1n, change });
  };
  const before = await balance();
  const events = await run(intentOf(), text());
  expect(events.at(-1)).toMatchObject({ kind: 'JobFailed', price: 0n });
  expect(await balance()).toEqual(before);
});

it('moves on when a provider refuses for load, without counting a failure', async () => {
  await using providers = await setup();
  providers.cheap.onTicket = (ticket, provider) => provider.refuse(ticket, 'P308');
  const events = await run(intentOf({ retries: 0 }), text());
  expect(kinds(events)).toContain('JobFailedOver');
  expect(events.at(-1)).toMatchObject({ kind: 'JobCompleted' });
});

it('waits for the only provider to have room again', async () => {
  await using providers = await setup({ dear: false });
  let asked = 0;
  providers.cheap.onTicket = (ticket, provider) => {
    asked += 1;
    if (asked < 3) provider.refuse(ticket, 'P308', 20);
    else answerHonestly(ticket, provider);
  };
  expect((await run(intentOf(), text())).at(-1)).toMatchObject({ kind: 'JobCompleted' });
});

it('fails at once and for good when the model refuses the input', async () => {
  await using providers = await setup();
  providers.cheap.onTicket = (ticket, provider) => provider.refuse(ticket, 'P303');
  const events = await run(intentOf(), text());
  expect(events.at(-1)).toMatchObject({ kind: 'JobFailed', code: 'P303', retryable: false });
  expect(providers.dear.tickets).toHaveLength(0);
});

it('closes a link that sends chunks out of order, and finishes the job elsewhere', async () => {
  await using providers = await setup();
  providers.cheap.onTicket = (ticket, provider) => provider.text(ticket, 1, 'two');
  const events = await run(intentOf(), text());
  expect(events.at(-1)).toMatchObject({ kind: 'JobCompleted' });
  expect(providers.cheap.goodbyes[0]).toMatchObject({ code: 'L700' });
});

it('closes a link that sends garbage', async () => {
  await using providers = await setup();
  providers.cheap.sendRaw(Buffer.from('not a frame'));
  await expect.poll(() => providers.cheap.goodbyes[0]?.code).toBe('L702');
});

it('refuses a hello that the registered key did not sign', async () => {
  const { linkUrl: url, domain, chain } = running;
  const impostor = { ...registered.cheap, receiptKey: registered.dear.receiptKey };
  const models = [chain.models.text];
  await expect(connectScripted({ url, domain, registered: impostor, models })).rejects.toThrow(
    'L701',
  );
});

it('refuses a hello made for another host, whoever signed it', async () => {
  const { linkUrl: url, domain, chain } = running;
  const models = [chain.models.text];
  const relayed = { url, domain, registered: registered.cheap, models, host: 'relay.example' };
  await expect(connectScripted(relayed)).rejects.toThrow('L704');
});

it('proves to be the gateway it names, for this greeting only', async () => {
  await using providers = await setup({ dear: false });
  const { registered: own, challenge, welcome, nonce: providerNonce } = providers.cheap;
  if (challenge === undefined || welcome === undefined) throw new Error('not greeted');
  const { gateway, nonce } = challenge;
  const terms = { gateway, provider: own.address, nonce, providerNonce };
  const digest = digestOf(running.domain, 'Welcome', terms);
  expect(isSignedBy(gateway, digest, welcome.signature)).toBe(true);
});

it('fails an attempt that runs past its deadline', async () => {
  await using providers = await setup({ dear: false });
  providers.cheap.onTicket = () => undefined;
  const must = { deadline: Date.now() + 700 };
  const events = await run(intentOf({ must }), text());
  expect(events.at(-1)).toMatchObject({ kind: 'JobFailed', code: 'P304', price: 0n });
});

it('completes a text that its provider ended for the deadline, pays it and says so', async () => {
  await using providers = await setup({ dear: false });
  providers.cheap.onTicket = (ticket, provider) => {
    provider.text(ticket, 0, 'one ');
    provider.receipt(ticket, { text: 'one ', chunks: 1, units: 1n, cutShort: true });
  };
  const before = await balance();
  const events = await run(intentOf(), text());
  const last = events.at(-1);
  expect(last).toMatchObject({ kind: 'JobCompleted', units: 1n, price: 100n, cutShort: true });
  expect(await balance()).toEqual({ spent: before.spent + 100n, held: 0n });
});

it('cancels a job and pays for what was computed', async () => {
  await using providers = await setup({ dear: false });
  const assigned = Promise.withResolvers<void>();
  providers.cheap.onTicket = (ticket, provider) => {
    provider.text(ticket, 0, 'one ');
    assigned.promise.then(() => provider.receipt(ticket, { text: 'one ', chunks: 1, units: 1n }));
  };
  const before = await balance();
  const { port } = running.market;
  const events: JobEvent[] = [];
  for await (const event of port.submit(intentOf(), text(), session.identity)) {
    events.push(event);
    if (event.kind !== 'JobOutput') continue;
    await port.cancel(event.jobId, session.identity);
    assigned.resolve();
  }
  expect(events.at(-1)).toMatchObject({ kind: 'JobCancelled', price: 100n });
  expect(await balance()).toEqual({ spent: before.spent + 100n, held: 0n });
});

it('shows and bills what still came until the receipt of a cancelled job, and no more', async () => {
  await using providers = await setup({ dear: false });
  providers.cheap.onTicket = (ticket, provider) => {
    provider.text(ticket, 0, 'one ');
    provider.onCancel = ({ partial }) => {
      if (!partial) return;
      provider.text(ticket, 1, 'two ', 2);
      provider.receipt(ticket, { text: 'one two ', chunks: 2, units: 3n });
    };
  };
  const before = await balance();
  const events = await runAndCancel();
  expect(textOf(events)).toBe('one two ');
  expect(events.at(-1)).toMatchObject({ kind: 'JobCancelled', price: 300n });
  expect(events.at(-1)).toMatchObject({ receipts: [{ units: 3n, price: 300n }] });
  expect(await balance()).toEqual({ spent: before.spent + 300n, held: 0n });
});

it('bills nothing for a cancelled job whose receipt is refused or does not come in time', async () => {
  await using providers = await setup({ dear: false });
  const { cheap } = providers;
  const before = await balance();
  cheap.onTicket = (ticket) => {
    cheap.text(ticket, 0, 'one ');
    cheap.onCancel = () => cheap.refuse(ticket, 'P300');
  };
  expect((await runAndCancel()).at(-1)).toMatchObject({ kind: 'JobCancelled', price: 0n });
  cheap.onTicket = (ticket) => cheap.text(ticket, 0, 'one ');
  cheap.onCancel = () => undefined;
  expect((await runAndCancel()).at(-1)).toMatchObject({ kind: 'JobCancelled', price: 0n });
  const late = cheap.tickets.at(-1);
  if (late) cheap.receipt(late, { text: 'one ', chunks: 1, units: 1n });
  await expect.poll(() => cheap.acknowledged).toContain(late?.meta.id);
  expect(await balance()).toEqual(before);
});

it('counts a cancelled job as no failure of its provider', async () => {
  await using providers = await setup({ dear: false });
  const { cheap } = providers;
  cheap.onTicket = (ticket) => {
    cheap.text(ticket, 0, 'one ');
    cheap.onCancel = () => cheap.refuse(ticket, 'P300');
  };
  await runAndCancel();
  const events = await runAndCancel();
  const query =
    'query ($id: ID!) { routeExplanation(jobId: $id) { candidates { inputs { name value } } } }';
  const errorRate = async () => {
    const { data } = await running.ask(query, { id: events[0]?.jobId }, session.identity);
    const inputs: { name: string; value: number }[] =
      data?.routeExplanation?.candidates[0]?.inputs ?? [];
    return inputs.find(({ name }) => name === 'errorRate')?.value;
  };
  await expect.poll(errorRate).toBeDefined();
  expect(await errorRate()).toBe(0);
});

it('resumes after any seq, also at another instance', async () => {
  await using _ = await setup();
  const events = await run(intentOf(), text());
  const other = await running.another();
  for (const market of [running.market, other.market]) {
    const again: JobEvent[] = [];
    const jobId = events[0]?.jobId ?? '0x';
    for await (const event of market.port.events(jobId, 2, session.identity)) again.push(event);
    expect(again.map((event) => event.kind)).toEqual(events.slice(2).map((event) => event.kind));
  }
});

it('follows a running job from another instance, and cancels it there', async () => {
  await using providers = await setup({ dear: false });
  providers.cheap.onTicket = (ticket, provider) => provider.text(ticket, 0, 'one ');
  const { market: other } = await running.another();
  const jobs = running.market.port
    .submit(intentOf(), text(), session.identity)
    [Symbol.asyncIterator]();
  const first = await jobs.next();
  const jobId = first.value?.jobId ?? '0x';
  const seen: string[] = [];
  for await (const event of other.port.events(jobId, 0, session.identity)) {
    seen.push(event.kind);
    if (event.kind === 'JobOutput') await other.port.cancel(jobId, session.identity);
  }
  expect(seen).toEqual(['JobQueued', 'JobAssigned', 'JobOutput', 'JobCancelled']);
});

it('serves the same market over HTTP: GraphQL, the link and the internal port', async () => {
  const { market: own } = await running.another();
  const served = await serveJobs(own, { host: '127.0.0.1', port: 0, identitySecret: SECRET });
  const origin = new URL(served.url).origin;
  const { chain, domain } = running;
  const url = `${origin.replace('http', 'ws')}/provider`;
  const models = Object.values(chain.models);
  const provider = await connectScripted({ url, domain, registered: registered.cheap, models });
  const port = connectJobsPort({ url: origin, identitySecret: SECRET });
  const x = new Uint8Array(Float32Array.of(21).buffer);
  const tensors = [{ name: 'x', datatype: 'FP32', shape: [1], data: x }] as const;
  const target = { modelId: chain.models.tensor };
  const payload: JobPayload = { kind: 'tensors', tensors, params: {} };
  const events: JobEvent[] = [];
  for await (const event of port.submit(intentOf({ target }), payload, session.identity))
    events.push(event);
  expect(kinds(events)).toEqual(['JobQueued', 'JobAssigned', 'JobOutput', 'JobCompleted']);
  const output = events.find((event) => event.kind === 'JobOutput');
  const [y] = output?.kind === 'JobOutput' ? (output.tensors ?? []) : [];
  expect(y && 'data' in y && new Float32Array(new Uint8Array(y.data).buffer)[0]).toBe(42);
  const refused = port.submit(intentOf({ target }), payload, { requestId: 'x' });
  await expect(refused[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'I105' });
  const forged = connectJobsPort({
    url: origin,
    identitySecret: 'another secret than the market has',
  });
  const denied = forged.submit(intentOf({ target }), payload, session.identity);
  await expect(denied[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'G803' });
  await provider.close();
  await served.close();
});

it('shows a job to its session only', async () => {
  await using _ = await setup();
  const events = await run(intentOf(), text());
  const stranger = await running.openSession();
  const following = running.market.port.events(events[0]?.jobId ?? '0x', 0, stranger.identity);
  await expect(following[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'I109' });
});

it('submits once for one idempotency key', async () => {
  await using providers = await setup();
  const { port } = running.market;
  const ids = new Set<string>();
  for (const prompt of [PROMPT, PROMPT]) {
    const options = { idempotencyKey: 'once' };
    for await (const event of port.submit(intentOf(), text(prompt), session.identity, options))
      ids.add(event.jobId);
  }
  expect(ids.size).toBe(1);
  expect(providers.cheap.tickets).toHaveLength(1);
  const other = port.submit(intentOf(), text('another'), session.identity, {
    idempotencyKey: 'once',
  });
  await expect(other[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'I107' });
});

it('explains the route it took', async () => {
  await using _ = await setup();
  const events = await run(intentOf(), text());
  const query = `query ($id: ID!) { routeExplanation(jobId: $id) { policy chosen replay
    candidates { providerId eligible score inputs { name value } } } }`;
  await expect
    .poll(
      async () =>
        (await running.ask(query, { id: events[0]?.jobId }, session.identity)).data
          ?.routeExplanation,
    )
    .toMatchObject({ policy: 'vhcl/1', chosen: registered.cheap.address });
});

it.each([
  ['R200', 'no provider is live', {}],
  ['R201', 'no price fits', { must: { maxPrice: 10n } }],
  ['R201', 'no region fits', { must: { regions: ['mars'] } }],
  ['I106', 'the deadline has passed', { must: { deadline: 1 } }],
  ['I104', 'the model is unknown', { target: { modelId: `0x${'99'.repeat(32)}` as const } }],
])('refuses with %s where %s, holding nothing', async (code, _, change) => {
  await using __ = code === 'R200' ? undefined : await setup();
  const before = await balance();
  await expect(run(intentOf(change as Partial<Intent>), text())).rejects.toMatchObject({ code });
  expect(await balance()).toEqual(before);
});

it.each([
  ['I102', 'a name the model has not', { name: 'z' }],
  ['I102', 'another datatype', { datatype: 'FP64', data: new Uint8Array(16) }],
  ['I102', 'another rank', { shape: [1, 2] }],
  ['I103', 'too few bytes', { data: new Uint8Array(7) }],
])('refuses a tensor with %s: %s', async (code, _, change) => {
  await using __ = await setup();
  const x = { name: 'x', datatype: 'FP32', shape: [2], data: new Uint8Array(8), ...change };
  const target = { modelId: running.chain.models.tensor };
  const payload = { kind: 'tensors', tensors: [x], params: {} } as unknown as JobPayload;
  await expect(run(intentOf({ target }), payload)).rejects.toMatchObject({ code });
});

it('names the limit that binds and the cheapest way to relax it', async () => {
  await using _ = await setup();
  const query = `query ($intent: IntentInput!, $size: SizeInput) { quote(intent: $intent, size: $size) {
    feasible price binding relaxation { constraint to price } signature } }`;
  const target = { modelId: running.chain.models.text };
  const size = { units: '10' };
  const tight = { target, must: { maxPrice: '500' } };
  expect((await running.ask(query, { intent: tight, size })).data.quote).toMatchObject({
    feasible: false,
    binding: 'maxPrice',
    relaxation: { constraint: 'maxPrice', to: '1000', price: '1000' },
  });
  const american = { target, must: { regions: ['us'] } };
  expect((await running.ask(query, { intent: american, size })).data.quote).toMatchObject({
    feasible: true,
    price: '2000',
    relaxation: { constraint: 'regions', to: 'eu', price: '1000' },
  });
});

it('holds a job to its quote', async () => {
  await using providers = await setup();
  const query = `query ($intent: IntentInput!, $size: SizeInput) { quote(intent: $intent, size: $size) { id price } }`;
  const intent = { target: { modelId: running.chain.models.text }, must: { regions: ['us'] } };
  const { quote } = (await running.ask(query, { intent, size: { units: '6' } })).data;
  const submit = `mutation ($intent: IntentInput!, $input: JobInput!, $q: ID) {
    submitJob(intent: $intent, input: $input, quoteId: $q) { id } }`;
  const input = { text: { prompt: PROMPT, maxTokens: 6 } };
  const { data } = await running.ask(submit, { intent, input, q: quote.id }, session.identity);
  const events: JobEvent[] = [];
  for await (const event of running.market.port.events(data.submitJob.id, 0, session.identity))
    events.push(event);
  expect(events.at(-1)).toMatchObject({ kind: 'JobCompleted', price: BigInt(quote.price) });
  expect(providers.dear.tickets[0]?.meta.ticket.maxPrice).toBe(quote.price);
  const other = { ...intent, must: {} };
  const { errors } = await running.ask(
    submit,
    { intent: other, input, q: quote.id },
    session.identity,
  );
  expect(errors?.[0]?.extensions.assayCode).toBe('R203');
});

it('says which words of a prompt are left after a prefix', () => {
  const meta = { params: { deliveredPrefix: 'one two ' } } as never;
  expect(wordsOf({ meta, body: Buffer.from('one two three') })).toEqual(['three']);
});
