import { once } from 'node:events';
import {
  decodeFrame,
  encodeFrame,
  type FrameMeta,
  type Hex,
  type JobEvent,
  OPTIMISE,
  toHex,
} from '@assay/wire';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import { answerHonestly, connectScripted, type ScriptedProvider } from './scripted-provider.ts';
import { startTestMarket, type TestMarket, type TestSession } from './start-test-market.ts';
import { KEYS, type RegisteredProvider } from './test-chain.ts';

// Only to end a run that hangs: nothing here waits for time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const SEED = 20_261;
const ROUNDS = 120;
let running: TestMarket;
let session: TestSession;
let fuzzed: RegisteredProvider;
/** A provider that behaves, connected all along. */
let steady: ScriptedProvider;

beforeAll(async () => {
  running = await startTestMarket();
  fuzzed = await running.chain.registerProvider(KEYS[3], 'eu');
  steady = await connect(await running.chain.registerProvider(KEYS[4], 'us', 200n), 200n);
  session = await running.openSession();
});
afterAll(async () => {
  await steady?.close();
  await running?.close();
});

function connect(registered: RegisteredProvider, price = 100n): Promise<ScriptedProvider> {
  const { linkUrl: url, domain, chain } = running;
  return connectScripted({ url, domain, registered, models: [chain.models.text], price });
}

const word = (byte: number): Hex => toHex(new Uint8Array(32).fill(byte));
const signature: Hex = `0x${'11'.repeat(65)}`;
const account: Hex = `0x${'22'.repeat(20)}`;
const payment = { sessionId: word(5), offerId: word(6), cumulative: '9', signature };
const params = {} as FrameMeta<'ticket'>['params'];
const energy = { method: 'unavailable' } as const;

/** Well-formed frames of both sides, as they may come at the wrong time. */
function framesOn(ticket: Hex): Buffer[] {
  const time = Date.now();
  const receipt = {
    ...{ ticket, execClass: word(1), inputRoot: word(2), outputRoot: word(3) },
    ...{ fingerprintHash: word(4), units: '1', price: '1', startedAt: '1', finishedAt: '2' },
  };
  const statement = {
    ...{ ticket, receipt, signature, chunks: 1 },
    ...{ fingerprint: new Array(16).fill(0), fingerprintSalt: `0x${'00'.repeat(16)}` },
  };
  const load = { inFlight: 0, queued: 0, capacity: 1 };
  const asked = { jobId: word(7), attempt: 1, ...{ sessionId: word(5), offerId: word(6) } };
  const order = {
    ...{ id: ticket, ticket: { ...asked, maxPrice: '1', deadline: '1' }, modelId: word(8) },
    ...{ payer: account, key: account, inputSalt: `0x${'00'.repeat(16)}`, params },
    ...{ input: { kind: 'text' as const, bytes: 0 }, unitPrice: '1', deadlineMs: time },
  };
  const greeting = { provider: fuzzed.address, host: 'localhost', nonce: word(9), time, signature };
  const tensor = { name: 'y', datatype: 'FP32' as const, shape: [2], bytes: 8 };
  const chain = { gateway: account, chainId: 1, escrow: account, nonce: word(9), time };
  return [
    encodeFrame('hello', { ...greeting, capacity: 1, energy, offers: [] }),
    encodeFrame('heartbeat', { time, status: 'draining', ...load, offers: [], energy }),
    encodeFrame('started', { ticket, time, inFlight: 3 }),
    encodeFrame('chunk', { ticket, index: 0, text: 'x', units: '1' }),
    encodeFrame('chunk', { ticket, index: 9, text: 'x', units: '1' }),
    encodeFrame('chunk', { ticket, index: 0, tensors: [tensor], units: '1' }, [new Uint8Array(3)]),
    encodeFrame('receipt', statement),
    encodeFrame('refusal', { ticket, code: 'P303', message: 'no', time, signature }),
    encodeFrame('paymentAck', { sessionId: word(5), offerId: word(6), cumulative: '7' }),
    encodeFrame('holdings', {
      payments: [{ ...payment, guarantee: signature, receipts: word(1), receiptDigests: [] }],
      more: true,
    }),
    encodeFrame('challenge', { ...chain, heartbeatMs: 1 }),
    encodeFrame('welcome', { provider: account, signature, gatewayFeePpm: 0, knownTickets: [] }),
    encodeFrame('ticket', order),
    encodeFrame('receiptAck', { ticket }),
    encodeFrame('cancel', { ticket, reason: 'x', partial: true }),
    encodeFrame('payment', { ...payment, receipts: word(1), receiptDigests: [] }),
  ];
}

type Mangle = (frames: readonly Buffer[]) => Uint8Array;
const pick = (frames: readonly Buffer[], at: number): Buffer =>
  frames[at % frames.length] ?? Buffer.alloc(0);

/** Random bytes, and well-formed frames: whole, cut short, with a bit turned over, or with bytes behind. */
const mangles: fc.Arbitrary<Mangle> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map(
    (bytes): Mangle =>
      () =>
        bytes,
  ),
  fc.nat(15).map(
    (at): Mangle =>
      (frames) =>
        pick(frames, at),
  ),
  fc.tuple(fc.nat(15), fc.nat()).map(
    ([at, end]): Mangle =>
      (frames) => {
        const whole = pick(frames, at);
        return whole.subarray(0, end % whole.byteLength);
      },
  ),
  fc.tuple(fc.nat(15), fc.nat(), fc.nat(7)).map(
    ([at, place, bit]): Mangle =>
      (frames) => {
        const bent = Buffer.from(pick(frames, at));
        const index = place % bent.byteLength;
        bent[index] = (bent[index] ?? 0) ^ (1 << bit);
        return bent;
      },
  ),
  fc.tuple(fc.nat(15), fc.uint8Array({ minLength: 1, maxLength: 40 })).map(
    ([at, more]): Mangle =>
      (frames) =>
        Buffer.concat([pick(frames, at), more]),
  ),
);

const REASON = /^L70[0-4]$/;

it('closes a stranger who sends anything but a hello, and says why', async () => {
  await fc.assert(
    fc.asyncProperty(mangles, async (mangle) => {
      const socket = new WebSocket(running.linkUrl);
      const heard: string[] = [];
      const [challenge] = await once(socket, 'message');
      expect(decodeFrame(challenge).name).toBe('challenge');
      socket.on('message', (data) => {
        const frame = decodeFrame(data as Buffer);
        heard.push(frame.name === 'goodbye' ? frame.meta.code : frame.name);
      });
      socket.send(mangle(framesOn(word(1))));
      const [code, reason] = await once(socket, 'close');
      expect(code).toBe(4000);
      expect(`${reason}`).toMatch(REASON);
      expect(heard).toEqual([`${reason}`]);
    }),
    { numRuns: 200, seed: SEED },
  );
  expect(steady.goodbyes).toEqual([]);
});

async function runJob(): Promise<JobEvent[]> {
  const target = { modelId: running.chain.models.text };
  const intent = { target, must: {}, prefer: { ...OPTIMISE.CHEAP, kappa: 0 }, retries: 3 };
  const payload = { kind: 'text', prompt: 'one two three', params: { maxTokens: 9 } } as const;
  return Array.fromAsync(running.market.port.submit(intent, payload, session.identity));
}

async function held(): Promise<string> {
  const query = 'query ($id: ID!) { session(id: $id) { held } }';
  const { data } = await running.ask(query, { id: session.sessionId }, session.identity);
  return data.session.held;
}

it('whatever a provider sends with a ticket in hand: its job ends well, others never notice, nothing leaks', async () => {
  let ended = 0;
  await fc.assert(
    fc.asyncProperty(mangles, async (mangle) => {
      // A link of its own each round: no round suffers from what the one before said of its provider.
      const sender = await connect(fuzzed);
      sender.onTicket = (ticket) => {
        sender.sendRaw(mangle(framesOn(ticket.meta.id)));
        answerHonestly(ticket, sender);
      };
      const events = await runJob();
      expect(sender.tickets).toHaveLength(1);
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
      expect(events.at(-1)?.kind).toBe('JobCompleted');
      await sender.heard();
      for (const { code } of sender.goodbyes) expect(code).toMatch(REASON);
      ended += sender.goodbyes.length;
      await sender.close();
    }),
    { numRuns: ROUNDS, seed: SEED },
  );
  expect(ended).toBeGreaterThan((ROUNDS * 3) / 4);
  expect(steady.goodbyes).toEqual([]);
  const again = await connect(fuzzed);
  expect(again.welcome?.knownTickets).toEqual([]);
  await again.close();
  await steady.close();
  steady = await connect(steady.registered, 200n);
  expect(steady.welcome?.knownTickets).toEqual([]);
  expect(await held()).toBe('0');
});
