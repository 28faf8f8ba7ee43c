import {
  digestOf,
  fingerprintHash,
  fromHex,
  type Hex,
  inputRoot,
  isSignedBy,
  keccak256,
  offerIdOf,
  outputRoot,
  promptTensor,
  type Receipt,
  textTensor,
  unpackTensors,
} from '@assay/wire';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { holdProcesses } from '../src/supervisor/slots/hold-processes.ts';
import { childrenOf } from './children-of.ts';
import { hex32 } from './gateway-double.ts';
import { LONG_TEXT_CREDIT, longText, longTextBundle } from './long-texts.ts';
import { type Harness, startHarness } from './start-harness.ts';

// Only to end a run that hangs: nothing here waits for time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const BUNDLE = longTextBundle();
let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ credit: LONG_TEXT_CREDIT }, BUNDLE);
  await harness.gateway.hears('heartbeat');
}, 120_000);
afterAll(() => harness.stop());

const ask = (plan: object = {}): Hex => {
  const { gateway, provider, modelId, sessionId } = harness;
  return gateway.ask(provider, {
    modelId,
    sessionId,
    prompt: 'The provider ',
    params: { maxTokens: 12, seed: '1' },
    ...plan,
  });
};
function receiptOf(ticket: Hex): { receipt: Receipt; digest: Hex } {
  const { gateway } = harness;
  const text = gateway.last('receipt', ticket).meta.receipt;
  const receipt = {
    ...text,
    units: BigInt(text.units),
    price: BigInt(text.price),
    startedAt: BigInt(text.startedAt),
    finishedAt: BigInt(text.finishedAt),
  };
  return { receipt, digest: digestOf(gateway.domain, 'Receipt', receipt) };
}
const offerId = () => offerIdOf(harness.provider, harness.modelId);
async function pay(session = harness.sessionId): Promise<void> {
  const { gateway } = harness;
  const receipts = gateway.all('receipt').map(({ meta }) => BigInt(meta.receipt.price));
  const cumulative = receipts.reduce((a, b) => a + b, 0n);
  gateway.say('payment', gateway.payment(session, offerId(), cumulative));
  await gateway.until(() =>
    gateway.all('paymentAck').some(({ meta }) => meta.cumulative === `${cumulative}`),
  );
}

test('says hello with the registered key and its offers, and beats', () => {
  const { gateway, receiptKey, modelId } = harness;
  expect(gateway.helloSigner()).toBe(receiptKey);
  expect(gateway.last('hello').meta.offers).toMatchObject([
    { modelId, offerId: offerId(), livePrice: '10' },
  ]);
  expect(gateway.last('heartbeat').meta).toMatchObject({ status: 'ready', capacity: 1 });
});

test('a prompt streams back and the receipt commits to what was asked and answered', async () => {
  const { gateway, receiptKey } = harness;
  const ticket = ask();
  const { meta } = await gateway.hears('receipt', ticket);
  const chunks = gateway.all('chunk', ticket);
  expect(chunks.map((chunk) => chunk.meta.index)).toEqual(chunks.map((_, index) => index));
  expect(meta.chunks).toBe(chunks.length);
  expect(chunks.length).toBeGreaterThan(3);
  const text = chunks.map((chunk) => chunk.meta.text ?? '').join('');
  const tensors = chunks
    .flatMap((chunk) => unpackTensors(chunk.meta.tensors ?? [], chunk.body))
    .filter((tensor) => 'data' in tensor);
  const { receipt, digest } = receiptOf(ticket);
  expect(isSignedBy(receiptKey, digest, meta.signature)).toBe(true);
  expect(receipt.outputRoot).toBe(outputRoot([textTensor(text), ...tensors]));
  expect(receipt.fingerprintHash).toBe(
    fingerprintHash(Int32Array.from(meta.fingerprint), fromHex(meta.fingerprintSalt)),
  );
  expect(meta.fingerprint.some((lane) => lane !== 0)).toBe(true);
  expect([receipt.units, receipt.price]).toEqual([12n, 120n]);
  expect(chunks.reduce((sum, chunk) => sum + Number(chunk.meta.units), 0)).toBe(12);
  gateway.say('receiptAck', { ticket });
  const order = gateway.heard
    .filter((frame) => 'ticket' in frame.meta && frame.meta.ticket === ticket)
    .map(({ name }) => name);
  expect([order[0], order.at(-1)]).toEqual(['started', 'receipt']);
});

test('the input root covers salt, parameters and prompt', async () => {
  const { gateway, provider, modelId, sessionId } = harness;
  const made = gateway.makeTicket(provider, {
    modelId,
    sessionId,
    prompt: 'grant',
    params: { maxTokens: 3 },
  });
  gateway.say('ticket', made.meta, made.body);
  await gateway.hears('receipt', made.id);
  expect(receiptOf(made.id).receipt.inputRoot).toBe(
    inputRoot(fromHex(made.meta.inputSalt), { maxTokens: 3 }, [promptTensor('grant')]),
  );
});

test('of a text that another provider delivered every token counts, however long it is', async () => {
  const { gateway, provider, modelId, sessionId } = harness;
  const prompt = 'grant';
  const whole = { maxTokens: 4_000, deliveredPrefix: 'a '.repeat(30_000) };
  const made = gateway.makeTicket(provider, { modelId, sessionId, prompt, params: whole });
  gateway.say('ticket', made.meta, made.body);
  await gateway.hears('receipt', made.id);
  const { receipt } = receiptOf(made.id);
  expect(receipt.units).toBe(0n);
  const salt = fromHex(made.meta.inputSalt);
  expect(receipt.inputRoot).toBe(inputRoot(salt, whole, [promptTensor(prompt)]));
});

test('a ticket sent again is answered with the very same receipt', async () => {
  const { gateway, provider, modelId, sessionId } = harness;
  const made = gateway.makeTicket(provider, {
    modelId,
    sessionId,
    prompt: 'again',
    params: { maxTokens: 3 },
  });
  gateway.say('ticket', made.meta, made.body);
  gateway.say('ticket', made.meta, made.body);
  await gateway.hears('receipt', made.id);
  gateway.say('receiptAck', { ticket: made.id });
  gateway.say('ticket', made.meta, made.body);
  await gateway.hears('receipt', made.id, 2);
  const raw = gateway.raw.filter((_, index) => {
    const frame = gateway.heard[index];
    return frame?.name === 'receipt' && frame.meta.ticket === made.id;
  });
  expect(new Set(raw.map((bytes) => bytes.toString('hex'))).size).toBe(1);
});

const refusals: [string, string, () => object][] = [
  ['an unknown model', 'P302', () => ({ modelId: hex32() })],
  [
    'a deadline that cannot be met',
    'P301',
    () => ({ deadlineMs: Date.now() + 5, params: { maxTokens: 4000 } }),
  ],
  ['a price below the live one', 'P310', () => ({ unitPrice: 9n })],
  ['a session that is not on chain', 'P306', () => ({ sessionId: hex32() })],
  ['a job dearer than the credit', 'P306', () => ({ unitPrice: 100_000n, maxPrice: 1_000_000n })],
  [
    'tensors for a text model',
    'I102',
    () => ({ tensors: [{ name: 'x', datatype: 'UINT8', shape: [1], data: new Uint8Array(1) }] }),
  ],
  [
    'a ticket under another id',
    'P311',
    () => ({ change: (meta: object) => ({ ...meta, id: hex32() }) }),
  ],
  [
    'another session key',
    'P311',
    () => ({ change: (meta: object) => ({ ...meta, key: `0x${'77'.repeat(20)}` }) }),
  ],
  [
    'a prompt of another length',
    'L700',
    () => ({ change: (meta: object) => ({ ...meta, input: { kind: 'text', bytes: 999 } }) }),
  ],
];
test.each(refusals)('refuses %s with a signed %s', async (_, code, plan) => {
  await pay();
  const { gateway, receiptKey } = harness;
  const before = gateway.all('refusal').length;
  ask(plan());
  await gateway.until(() => gateway.all('refusal').length > before);
  const { meta } = gateway.last('refusal');
  expect(meta.code).toBe(code);
  const refusal = {
    ticket: meta.ticket,
    code: keccak256(Buffer.from(meta.code)),
    time: BigInt(meta.time),
  };
  expect(isSignedBy(receiptKey, digestOf(gateway.domain, 'Refusal', refusal), meta.signature)).toBe(
    true,
  );
});

test('a payment is stored before it is acknowledged, a forged one is not acknowledged', async () => {
  const { gateway, sessionId } = harness;
  await pay();
  const acknowledged = gateway.all('paymentAck').length;
  const good = gateway.payment(sessionId, offerId(), 900_000n);
  gateway.say('payment', { ...good, signature: gateway.signer.sign(hex32()) });
  gateway.say('payment', gateway.payment(hex32(), offerId(), 5n));
  await pay();
  const since = gateway.all('paymentAck').slice(acknowledged);
  expect(since.every(({ meta }) => BigInt(meta.cumulative) < 900_000n)).toBe(true);
});

test('computes no more than the ticket pays for', async () => {
  await pay();
  const ticket = ask({ maxPrice: 35n });
  const { meta } = await harness.gateway.hears('receipt', ticket);
  expect([meta.receipt.units, meta.receipt.price]).toEqual(['3', '30']);
  const unpaid = ask({ maxPrice: 9n });
  expect((await harness.gateway.hears('refusal', unpaid)).meta.code).toBe('P303');
});

test('the 51st job without a voucher is refused until one comes', async () => {
  await pay();
  const { gateway } = harness;
  const ids = Array.from({ length: 51 }, () => ask({ params: { maxTokens: 1 }, maxPrice: 10n }));
  await gateway.until(() =>
    ids.every((id) => gateway.all('receipt', id).length + gateway.all('refusal', id).length > 0),
  );
  expect(ids.filter((id) => gateway.all('refusal', id).length > 0)).toHaveLength(1);
  expect(gateway.last('refusal').meta.code).toBe('P306');
  await pay();
  const next = ask({ params: { maxTokens: 1 } });
  await gateway.hears('receipt', next);
}, 60_000);

test('a cancelled text is paid for what was streamed, and no more', async () => {
  const { gateway } = harness;
  await pay();
  const ticket = ask(longText());
  await gateway.hears('chunk', ticket);
  gateway.say('cancel', { ticket, reason: 'client left', partial: true });
  const { meta } = await gateway.hears('receipt', ticket);
  const chunks = gateway.all('chunk', ticket);
  const text = chunks.map((chunk) => chunk.meta.text ?? '').join('');
  const [tokens] = chunks.flatMap(({ meta: { tensors }, body }) =>
    unpackTensors(tensors ?? [], body),
  );
  const { receipt } = receiptOf(ticket);
  expect(receipt.units).toBeGreaterThan(0n);
  expect(receipt.units).toBeLessThan(BigInt(longText().params.maxTokens));
  expect(receipt.price).toBe(receipt.units * 10n);
  expect(tokens).toMatchObject({ name: 'tokens', shape: [Number(receipt.units)] });
  if (tokens === undefined || !('data' in tokens)) throw new Error('the tokens travel inline');
  expect(receipt.outputRoot).toBe(outputRoot([textTensor(text), tokens]));
  expect(meta.chunks).toBe(chunks.length);
  gateway.say('cancel', { ticket, reason: 'once more', partial: true });
  gateway.say('cancel', { ticket, reason: 'once more', partial: false });
  const next = ask();
  await gateway.hears('receipt', next);
  expect(gateway.all('receipt', ticket)).toHaveLength(1);
  expect(gateway.all('refusal', ticket)).toEqual([]);
}, 60_000);

test('a text under way ends in time for its receipt, and is paid for what was streamed', async () => {
  const { gateway } = harness;
  await pay();
  // By a gateway whose clock is ahead the deadline has come already: no machine is quick enough to be done by then.
  const aheadMs = 25_000;
  const meet = async (lies: typeof gateway.lies) => {
    gateway.lies = lies;
    const before = gateway.all('hello').length;
    gateway.drop();
    await gateway.hears('hello', undefined, before + 1);
  };
  await meet({ time: Date.now() + aheadMs });
  const ticket = ask({
    params: { maxTokens: 4000 },
    maxPrice: 40_000n,
    deadlineMs: Date.now() + aheadMs - 5_000,
  });
  const { meta } = await gateway.hears('receipt', ticket);
  gateway.say('receiptAck', { ticket });
  await pay();
  await meet({});
  const { receipt } = receiptOf(ticket);
  expect(receipt.units).toBeGreaterThan(0n);
  expect(receipt.units).toBeLessThan(4000n);
  expect(receipt.price).toBe(receipt.units * 10n);
  expect(meta.cutShort).toBe(true);
  expect(gateway.all('refusal', ticket)).toEqual([]);
}, 60_000);

test('a text that nobody waits for any more ends in a refusal, and nothing is charged', async () => {
  const { gateway } = harness;
  await pay();
  const ticket = ask(longText());
  await gateway.hears('chunk', ticket);
  gateway.say('cancel', { ticket, reason: 'past its deadline', partial: false });
  await gateway.hears('refusal', ticket);
  expect(gateway.all('receipt', ticket)).toEqual([]);
});

test('a job cancelled in the queue, or before it was taken on, costs nothing', async () => {
  const { gateway, config } = harness;
  await pay();
  const release = await holdProcesses(childrenOf(config.dataDir));
  const running = ask();
  await gateway.hears('started', running);
  const queued = ask();
  await gateway.until(() => gateway.last('heartbeat').meta.queued === 1);
  const early = ask();
  for (const ticket of [queued, early])
    gateway.say('cancel', { ticket, reason: 'client left', partial: true });
  await Promise.all([gateway.hears('refusal', queued), gateway.hears('refusal', early)]);
  release();
  await gateway.hears('receipt', running);
  for (const ticket of [queued, early])
    for (const name of ['started', 'chunk', 'receipt'] as const)
      expect(gateway.all(name, ticket)).toEqual([]);
});
