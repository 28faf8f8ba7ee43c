import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Address,
  decodeFrame,
  digestOf,
  type Frame,
  type FrameMeta,
  type Hex,
  INLINE_TENSOR_BYTES,
  LINK_LIMITS,
  manifestSchema,
  offerIdOf,
  signerOf,
} from '@assay/wire';
import { pino } from 'pino';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import type { MarketplaceLink } from '../../link/marketplace-link.ts';
import type { RunChunk, RunOptions, RunResult } from '../slots/slot-types.ts';
import { createAttempts } from './attempts.ts';
import { createPriceBoard } from './price-board.ts';
import type { ServedOffer } from './served-offer.ts';
import { createTicketDesk, type DeskOptions } from './ticket-desk.ts';

afterEach(() => void vi.useRealTimers());

const hex = (byte: string, bytes = 32): Hex => `0x${byte.repeat(bytes)}`;
const [provider, gateway, key] = ['aa', 'bb', 'cc'].map((byte) => hex(byte, 20) as Address) as [
  Address,
  Address,
  Address,
];
const DOMAIN = { chainId: 1, verifyingContract: hex('ee', 20) as Address };
const MODEL = hex('01');
const manifest = manifestSchema.parse({
  ...{ name: 'm', version: '1', task: 'text-generation', unit: 'token', licence: 'MIT' },
  files: [{ path: 'model.onnx', role: 'model', sha256: hex('00'), bytes: 1 }],
  inputs: [{ name: 'prompt', datatype: 'BYTES', shape: [1] }],
  ...{ outputs: [], opset: 17, ops: [], peakMemoryBytes: 1 },
});
const OFFER: ServedOffer = {
  ...{ modelId: MODEL, offerId: offerIdOf(provider, MODEL), execClass: hex('02'), manifest },
  ...{ basis: { manifestHash: hex('03'), scale: 1 }, surge: 0, msPerUnit: 1 },
  ...{ price: 10n, ceiling: 10n },
};

interface Setup {
  readonly retain?: DeskOptions['retain'];
  readonly task?: 'text-generation' | 'embedding';
  readonly blobUrl?: string;
  /** What comes before a receipt is stored. */
  readonly keep?: () => Promise<void>;
}

/** A desk whose model does what the test says. */
function setup({
  retain = async () => () => {},
  task = 'text-generation',
  blobUrl,
  keep = async () => {},
}: Setup = {}) {
  vi.useFakeTimers();
  const run = Promise.withResolvers<RunResult>();
  const started = Promise.withResolvers<RunOptions>();
  const kept: Hex[] = [];
  const heard: Frame[] = [];
  const attempts = createAttempts(3_600_000);
  const session = { state: 'OPEN', key, gateway, gatewayFeePpm: 0, balance: 1_000_000n };
  const desk = createTicketDesk({
    ...{ provider, domain: DOMAIN, attempts, prices: createPriceBoard() },
    signer: signerOf(hex('11')),
    offers: new Map([[MODEL, { ...OFFER, manifest: { ...manifest, task } }]]),
    pool: {
      stats: () => ({ models: [] }),
      predictFinish: () => Date.now(),
      run: (_: unknown, options: RunOptions) => {
        options.signal?.addEventListener('abort', () => run.reject(options.signal?.reason));
        started.resolve(options);
        return run.promise;
      },
    },
    receipts: {
      find: () => undefined,
      keep: async ({ frame }: { frame: FrameMeta<'receipt'> }) => {
        await keep();
        kept.push(frame.ticket);
        return { frame };
      },
    },
    ledger: {
      balanceOf: () => ({ unvouchered: 0n, unpaidJobs: 0, unclaimed: 0n }),
      exposureOf: () => 0n,
    },
    sessions: { read: async () => session, endOf: async () => undefined },
    credit: {
      ...{ maxUnvouchered: 1_000_000n, maxUnvoucheredJobs: 50 },
      maxUnclaimedPerGateway: 1_000_000n,
    },
    ...{ maxQueue: 9, maxBytesPerGateway: 1e9, claimMarginMs: 0, draining: () => false },
    energy: { method: 'off', joulesOf: () => undefined },
    observer: { refused: () => undefined, completed: () => undefined },
    retain,
    log: pino({ level: 'silent' }),
  } as unknown as DeskOptions);
  const link = {
    ...{ gateway, url: 'ws://market', full: false, clockSkewMs: 0, blobUrl },
    send: (frame: Buffer) => heard.push(decodeFrame(frame)),
  } as unknown as MarketplaceLink;
  const ticket = ticketOf(Date.now() + 60_000);
  const taken = desk.take(ticket, Buffer.from('Say'), link);
  const names = () => heard.map(({ name }) => name);
  const done = (units: number, cut = false): void =>
    run.resolve({
      cut,
      ...{ outputs: [], text: 'x'.repeat(units), units, batchSize: 1 },
      ...{ startedAt: Date.now(), finishedAt: Date.now(), queueMs: 0, computeMs: 1 },
      fingerprintSource: new Float32Array(),
    });
  const ask = (partial: boolean) =>
    desk.cancel(gateway, ticket.id, { reason: 'client left', partial });
  return { started: started.promise, done, kept, heard, names, attempts, taken, ask };
}

/** A blob store that takes a whole PUT before `answer` says what becomes of it; `taken` once it has one. */
async function setupStore(answer: RequestListener = () => undefined) {
  const { promise: taken, resolve } = Promise.withResolvers<void>();
  const store = createServer((request, response) => {
    request.resume().on('end', () => {
      answer(request, response);
      resolve();
    });
  });
  await new Promise<void>((listening) => store.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    store.closeAllConnections();
    store.close();
  });
  return { taken, blobUrl: `http://127.0.0.1:${(store.address() as AddressInfo).port}` };
}

const isReceipt = (frame: Frame): frame is Extract<Frame, { name: 'receipt' }> =>
  frame.name === 'receipt';

const LARGE: RunChunk = {
  units: 1,
  tensors: [
    {
      ...{ name: 'embedding', datatype: 'UINT8', shape: [INLINE_TENSOR_BYTES + 1] },
      data: new Uint8Array(INLINE_TENSOR_BYTES + 1),
    },
  ],
};

function ticketOf(deadlineMs: number): FrameMeta<'ticket'> {
  const ticket = {
    ...{ jobId: hex('05'), attempt: 1, sessionId: hex('06'), offerId: OFFER.offerId },
    ...{ maxPrice: 100n, deadline: BigInt(Math.ceil(deadlineMs / 1000)) },
  };
  return {
    id: digestOf(DOMAIN, 'Ticket', ticket),
    ticket: { ...ticket, maxPrice: '100', deadline: `${ticket.deadline}` },
    ...{ modelId: MODEL, payer: hex('dd', 20) as Address, key, inputSalt: hex('07', 16) },
    ...{ params: { maxTokens: 10 }, input: { kind: 'text', bytes: 3 } },
    ...{ unitPrice: '10', deadlineMs },
  };
}

it('states what a cancelled text has, while its gateway still waits', async () => {
  const { started, done, kept, names, taken, ask } = setup();
  const { onChunk, curtail } = await started;
  onChunk?.({ text: 'xx', units: 2 });
  ask(true);
  expect(curtail?.aborted).toBe(true);
  await vi.advanceTimersByTimeAsync(LINK_LIMITS.partialReceiptMs / 2);
  done(2);
  await taken;
  expect(names()).toEqual(['started', 'chunk', 'receipt']);
  expect(kept).toHaveLength(1);
});

it('ends a cancelled text without a receipt before its gateway stops waiting, and holds nothing against it', async () => {
  const { started, kept, names, attempts, taken, ask } = setup();
  const { onChunk } = await started;
  onChunk?.({ text: 'xx', units: 2 });
  ask(true);
  await vi.advanceTimersByTimeAsync(LINK_LIMITS.partialReceiptMs - 1);
  await taken;
  expect(names()).toEqual(['started', 'chunk', 'refusal']);
  expect(kept).toEqual([]);
  expect(attempts.reservedFor(gateway)).toEqual({ value: 0n, jobs: 0 });
});

it('waits once for a text that is cancelled again and again, and no longer than the text takes', async () => {
  const { started, done, taken, ask } = setup();
  const { onChunk } = await started;
  onChunk?.({ text: 'xx', units: 2 });
  const before = vi.getTimerCount();
  for (let count = 0; count < 10; count++) ask(true);
  expect(vi.getTimerCount()).toBe(before + 1);
  done(2);
  await taken;
  expect(vi.getTimerCount()).toBe(0);
});

it('holds against a gateway what left before it stopped an attempt for nothing', async () => {
  const { started, names, attempts, taken, ask } = setup();
  const { onChunk } = await started;
  onChunk?.({ text: 'xx', units: 2 });
  ask(false);
  await taken;
  expect(names()).toEqual(['started', 'chunk', 'refusal']);
  expect(attempts.reservedFor(gateway)).toEqual({ value: 20n, jobs: 1 });
});

it('states no receipt past the deadline: nobody would pay it', async () => {
  const { started, done, kept, heard, attempts, taken } = setup({
    retain: () => new Promise((resolve) => setTimeout(resolve, 120_000)),
  });
  const { onChunk } = await started;
  onChunk?.({ text: 'xx', units: 2 });
  done(2);
  await vi.advanceTimersByTimeAsync(120_000);
  await taken;
  expect(heard.at(-1)).toMatchObject({ name: 'refusal', meta: { code: 'P304' } });
  expect(kept).toEqual([]);
  expect(attempts.reservedFor(gateway).jobs).toBe(0);
});

it('holds against a gateway an output that its store took and did not answer for, cancelled meanwhile', async () => {
  const store = await setupStore();
  const { started, done, names, attempts, taken, ask } = setup({ ...store, task: 'embedding' });
  const { onChunk } = await started;
  onChunk?.(LARGE);
  done(1);
  await store.taken;
  ask(true);
  await vi.advanceTimersByTimeAsync(LINK_LIMITS.partialReceiptMs);
  await vi.advanceTimersByTimeAsync(60_000);
  await taken;
  expect(names()).toEqual(['started', 'refusal']);
  expect(attempts.reservedFor(gateway)).toEqual({ value: 10n, jobs: 1 });
});

it('holds against a gateway an output that its store did not answer for until the deadline', async () => {
  const store = await setupStore();
  const { started, done, heard, attempts, taken } = setup({ ...store, task: 'embedding' });
  const { onChunk } = await started;
  onChunk?.(LARGE);
  done(1);
  await store.taken;
  await vi.advanceTimersByTimeAsync(60_000);
  await taken;
  expect(heard.at(-1)).toMatchObject({ name: 'refusal', meta: { code: 'P304' } });
  expect(attempts.reservedFor(gateway)).toEqual({ value: 10n, jobs: 1 });
});

it('holds against a gateway an output that its store took and then refused', async () => {
  const store = await setupStore((_, response) => response.writeHead(403).end());
  const { started, done, heard, attempts, taken } = setup({ ...store, task: 'embedding' });
  const { onChunk } = await started;
  onChunk?.(LARGE);
  done(1);
  await taken;
  expect(heard.at(-1)).toMatchObject({ name: 'refusal', meta: { code: 'P300' } });
  expect(attempts.reservedFor(gateway)).toEqual({ value: 10n, jobs: 1 });
});

it('holds against a gateway an output that its store took so late that no receipt can be in time', async () => {
  const store = await setupStore((_, response) => response.writeHead(201).end());
  const { promise: retained, resolve: retain } = Promise.withResolvers<void>();
  const { started, done, heard, attempts, taken } = setup({
    ...store,
    task: 'embedding',
    retain: () => {
      retain();
      return new Promise((resolve) => setTimeout(resolve, 120_000));
    },
  });
  const { onChunk } = await started;
  onChunk?.(LARGE);
  done(1);
  await retained;
  await vi.advanceTimersByTimeAsync(120_000);
  await taken;
  expect(heard.at(-1)).toMatchObject({ name: 'refusal', meta: { code: 'P304' } });
  expect(attempts.reservedFor(gateway)).toEqual({ value: 10n, jobs: 1 });
});

const DISK_FULL = Object.assign(new Error('write'), { code: 'ENOSPC' });

it.each([
  ['the vault', { retain: () => Promise.reject(DISK_FULL) }],
  ['the journal', { keep: () => Promise.reject(DISK_FULL) }],
])(
  'holds nothing against a gateway whose store took the output when %s fails here',
  async (_, broken) => {
    const store = await setupStore((__, response) => response.writeHead(201).end());
    const { started, done, heard, kept, attempts, taken } = setup({
      ...{ ...store, ...broken, task: 'embedding' },
    });
    const { onChunk } = await started;
    onChunk?.(LARGE);
    done(1);
    await taken;
    expect(heard.at(-1)).toMatchObject({ name: 'refusal', meta: { code: 'P300' } });
    expect(kept).toEqual([]);
    expect(attempts.reservedFor(gateway)).toEqual({ value: 0n, jobs: 0 });
  },
);

it('holds against a gateway an output that it stopped, though the disk fails here too', async () => {
  const store = await setupStore((_, response) => response.writeHead(201).end());
  const { promise: retained, resolve: retain } = Promise.withResolvers<void>();
  const { promise: failing, reject: fail } = Promise.withResolvers<never>();
  const { started, done, attempts, taken, ask } = setup({
    ...{ ...store, task: 'embedding' },
    retain: () => {
      retain();
      return failing;
    },
  });
  const { onChunk } = await started;
  onChunk?.(LARGE);
  done(1);
  await retained;
  ask(false);
  fail(DISK_FULL);
  await taken;
  expect(attempts.reservedFor(gateway)).toEqual({ value: 10n, jobs: 1 });
});

it.each([
  [true, true],
  [false, undefined],
])('a text ended in time that was cut (%s) says so in its receipt (%s)', async (cut, cutShort) => {
  const { started, done, heard, taken } = setup();
  const { onChunk, curtail } = await started;
  onChunk?.({ text: 'xx', units: 2 });
  await vi.advanceTimersByTimeAsync(59_900);
  expect(curtail?.aborted).toBe(true);
  done(2, cut);
  await taken;
  const [receipt] = heard.slice(-1).filter(isReceipt);
  expect(receipt).toBeDefined();
  expect(receipt?.meta.cutShort).toBe(cutShort);
});
