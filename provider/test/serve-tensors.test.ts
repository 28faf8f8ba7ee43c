import { join } from 'node:path';
import {
  fingerprintDistance,
  type Hex,
  type OutputTensor,
  outputRoot,
  sha256,
  type Tensor,
  toHex,
  unpackTensors,
} from '@assay/wire';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Harness, startHarness } from './start-harness.ts';

// Only to end a run that hangs: nothing here waits for time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const SIDE = 192;
const values = new Float32Array(3 * SIDE * SIDE).map((_, index) => Math.sin(index / 500));
const image: Tensor = {
  name: 'x',
  datatype: 'FP32',
  shape: [1, 3, SIDE, SIDE],
  data: new Uint8Array(values.buffer),
};
let harness: Harness;

beforeAll(async () => {
  harness = await startHarness({}, join(import.meta.dirname, '../models/pp-ocr-v4-det/1'));
  await harness.gateway.hears('heartbeat');
}, 120_000);
afterAll(() => harness.stop());

const ask = (plan: object): Hex => {
  const { gateway, provider, modelId, sessionId } = harness;
  return gateway.ask(provider, { modelId, sessionId, tensors: [image], ...plan });
};
const outputsOf = (ticket: Hex): OutputTensor[] =>
  harness.gateway
    .all('chunk', ticket)
    .flatMap(({ meta, body }) => unpackTensors(meta.tensors ?? [], body));

test('large tensors come and go as blobs, and the receipt commits to their bytes', async () => {
  const { gateway } = harness;
  const ticket = ask({ asBlobs: true });
  const { meta } = await gateway.hears('receipt', ticket);
  const outputs = outputsOf(ticket).map((tensor): Tensor => {
    if (!('blob' in tensor)) throw new Error('a large output came inline');
    const { blob, ...header } = tensor;
    const data = gateway.blobs.get(blob);
    if (!data) throw new Error('the blob was not put');
    return { ...header, data };
  });
  expect(outputs.map(({ shape }) => shape)).toEqual([[1, 1, SIDE, SIDE]]);
  expect(meta.receipt.outputRoot).toBe(outputRoot(outputs));
  expect([meta.receipt.units, meta.receipt.price]).toEqual(['1', '10']);

  const inline = ask({});
  const again = await gateway.hears('receipt', inline);
  expect(again.meta.receipt.outputRoot).toBe(meta.receipt.outputRoot);
  expect(fingerprintDistance(again.meta.fingerprint, meta.fingerprint)).toBe(0);
  expect(again.meta.receipt.fingerprintHash).not.toBe(meta.receipt.fingerprintHash); // salted
}, 120_000);

test('a blob that is missing or has another hash is a refusal, not a crash', async () => {
  const { gateway } = harness;
  const named = toHex(sha256(image.data));
  const missing = ask({ asBlobs: true });
  gateway.blobs.delete(named);
  expect((await gateway.hears('refusal', missing)).meta.code).toBe('I110');
  const other = gateway.makeTicket(harness.provider, {
    modelId: harness.modelId,
    sessionId: harness.sessionId,
    tensors: [image],
    asBlobs: true,
  });
  gateway.blobs.set(named, Buffer.from('something else'));
  gateway.say('ticket', other.meta, other.body);
  expect((await gateway.hears('refusal', other.id)).meta.code).toBe('I110');
}, 120_000);

test('a number that is none is refused by name and place, and nothing is charged', async () => {
  const { gateway } = harness;
  const bad = values.with(70, Number.NaN);
  const ticket = ask({ tensors: [{ ...image, data: new Uint8Array(bad.buffer) }] });
  const { meta } = await gateway.hears('refusal', ticket);
  expect(meta.code).toBe('P303');
  expect(gateway.all('receipt', ticket)).toEqual([]);
}, 120_000);

test('a wrong shape is refused by name, and nothing is charged', async () => {
  const { gateway } = harness;
  const ticket = ask({ tensors: [{ ...image, shape: [1, 1, 3 * SIDE, SIDE] }] });
  const { meta } = await gateway.hears('refusal', ticket);
  expect(meta.code).toBe('I102');
  expect(meta.message).toContain('x');
  expect(gateway.all('receipt', ticket)).toEqual([]);
}, 120_000);

test('nothing is fetched for a ticket whose headers or credit are refused', async () => {
  const { gateway } = harness;
  gateway.blobRequests.length = 0;
  const misshapen = ask({ asBlobs: true, tensors: [{ ...image, shape: [1, 1, 3 * SIDE, SIDE] }] });
  expect((await gateway.hears('refusal', misshapen)).meta.code).toBe('I102');
  const huge = ask({ asBlobs: true, tensors: [{ ...image, shape: [1, 3, 8_192, 8_192] }] });
  expect((await gateway.hears('refusal', huge)).meta.code).toBe('I103');
  const dear = ask({ asBlobs: true, unitPrice: 10n ** 9n, maxPrice: 10n ** 9n });
  expect((await gateway.hears('refusal', dear)).meta.code).toBe('P306');
  expect(gateway.blobRequests).toEqual([]);
}, 120_000);

test('a blob longer than its header says is not taken in', async () => {
  const { gateway } = harness;
  const shape = [1, 3, SIDE, SIDE - 32];
  const longer = ask({ asBlobs: true, tensors: [{ ...image, shape }] });
  expect((await gateway.hears('refusal', longer)).meta.code).toBe('I110');
}, 120_000);

test('inputs that together take more than the room there is wait at the gateway', async () => {
  const { gateway } = harness;
  const shape = [1, 3, 4_096, 4_096];
  const tensors = [{ ...image, shape }];
  const tickets = [
    ask({ asBlobs: true, tensors }),
    ask({ asBlobs: true, tensors }),
    ask({ asBlobs: true, tensors }),
  ];
  await gateway.until(() => tickets.every((id) => gateway.all('refusal', id).length > 0));
  expect(tickets.map((id) => gateway.last('refusal', id).meta.code)).toContain('P308');
}, 120_000);

test('a blob store that is away for a moment costs no output', async () => {
  const { gateway } = harness;
  gateway.brokenPuts = 2;
  const ticket = ask({});
  await gateway.hears('receipt', ticket);
  expect(gateway.brokenPuts).toBe(0);
}, 120_000);
