import type { Tensor } from '@assay/wire';
import { expect, it } from 'vitest';
import type { Command } from '../../inference/messages.ts';
import type { Child } from './child-process.ts';
import { createSlotJob } from './create-slot-job.ts';
import { soon } from './pool-fixture.ts';
import { createServedModel } from './served-model.ts';
import { serveModel } from './serving-child.ts';
import type { LoadedBundle, RunChunk } from './slot-types.ts';

const RUNTIME = { executionProvider: 'cpu', optimisation: 'all', threads: 1, tf32: false } as const;
const bundle = {
  modelId: '0x01',
  directory: '/nowhere',
  manifest: { task: 'text-generation', unit: 'token', parameters: {} },
} as unknown as LoadedBundle;
const NOTHING: Tensor[] = [
  { name: 'text', datatype: 'BYTES', shape: [1], data: new Uint8Array(4) },
  { name: 'tokens', datatype: 'INT32', shape: [0], data: new Uint8Array(0) },
  { name: 'fingerprint', datatype: 'FP32', shape: [0], data: new Uint8Array(0) },
];

const NO_UNITS = {
  ...{ job: 1, text: '', units: 0, computeMs: 1 },
  ...{ cut: true, fingerprint: true, streamed: true },
};

/** A child whose words the test says. */
function scriptChild() {
  const told: Command[] = [];
  let say: Parameters<Child['listen']>[0] = () => {};
  const child: Child = {
    pid: 0,
    ready: Promise.resolve(0),
    exited: new Promise(() => {}),
    kill: (reason) => {
      throw new Error(`killed: ${reason}`);
    },
    listen: (listener) => {
      say = listener;
    },
    send: (command) => told.push(command),
  };
  const loaded = () => say({ type: 'loaded', loadMs: 1, memoryBytes: 1 }, []);
  const endsWithNothing = (count = NOTHING.length) =>
    say({ type: 'results', results: [{ ...NO_UNITS, tensors: count }] }, NOTHING);
  return { child, told, loaded, endsWithNothing };
}

/** A text under way in it. */
async function setup() {
  const { child, told, loaded, endsWithNothing } = scriptChild();
  const events = { onBatchEnd: () => {}, onExit: () => {} };
  const loading = serveModel({ child, bundle, runtime: RUNTIME, events });
  loaded();
  const serving = await loading;
  const chunks: RunChunk[] = [];
  const curtail = new AbortController();
  const { job, result } = createSlotJob(
    1,
    {
      model: createServedModel(bundle),
      request: { modelId: '0x01', params: {}, input: { kind: 'text', prompt: 'Hello' } },
      options: { ...soon(), curtail: curtail.signal, onChunk: (chunk) => chunks.push(chunk) },
    },
    { onDeadline: () => {}, onAbort: () => {}, onCurtail: serving.cancel },
  );
  serving.start([job]);
  return { told, chunks, curtail, result, endsWithNothing };
}

it('a curtailed text that ends without a token is refused with the reason, and says nothing', async () => {
  const { told, chunks, curtail, result, endsWithNothing } = await setup();
  curtail.abort(new Error('the client went away'));
  expect(told.at(-1)).toEqual({ type: 'cancel', job: 1 });
  endsWithNothing();
  await expect(result).rejects.toThrow('the client went away');
  expect(chunks).toEqual([]);
});

it('a text that ends without a token by itself is an answer', async () => {
  const { result, endsWithNothing } = await setup();
  endsWithNothing();
  expect(await result).toMatchObject({ units: 0, text: '' });
});

it.each([0, 2, 4])(
  'a child that says it sent %i tensors of three is no child any more',
  async (count) => {
    const { endsWithNothing } = await setup();
    expect(() => endsWithNothing(count)).toThrow('killed: results and tensors differ in number');
  },
);
