import type { Tensor } from '@assay/wire';
import { expect, test } from 'vitest';
import { completed, scriptedJobs, step, TEST_JOB } from '../../testing/scripted-jobs.ts';
import { startTestEdges, TEST_BEARER } from '../../testing/start-test-edges.ts';

const floats = (...values: number[]) => new Uint8Array(new Float32Array(values).buffer);
const output = (tensors: Tensor[]) => step('JobOutput', { attempt: 1, tensors });
const sumOf = (value: number): Tensor => ({
  name: 'sum',
  datatype: 'FP32',
  shape: [1],
  data: floats(value),
});

/** A market whose one model adds what it is given. */
const adding = () =>
  scriptedJobs(({ payload }) => {
    const [x] = payload.kind === 'tensors' ? payload.tensors : [];
    const values = new Float32Array(new Uint8Array(x?.data ?? []).buffer);
    return [output([sumOf(values.reduce((sum, value) => sum + value, 0))]), completed(1n)];
  });

async function infer(url: string, body: BodyInit | object, headers: Record<string, string> = {}) {
  const isRaw = body instanceof Uint8Array;
  const response = await fetch(`${url}/v2/models/adder/infer`, {
    method: 'POST',
    headers: { ...TEST_BEARER, ...headers },
    body: isRaw ? (body as BodyInit) : JSON.stringify(body),
  });
  return { response, bytes: Buffer.from(await response.arrayBuffer()) };
}

const X = { name: 'x', datatype: 'FP32', shape: [3], data: [1, 2, 3.5] };

test('answers a JSON request in JSON', async () => {
  const { url } = await startTestEdges(adding());
  const { response, bytes } = await infer(url, { id: 'r1', inputs: [X] });
  expect(response.status).toBe(200);
  expect(JSON.parse(bytes.toString())).toEqual({
    model_name: 'adder',
    model_version: '1',
    id: 'r1',
    parameters: { assay_job_id: TEST_JOB },
    outputs: [{ name: 'sum', datatype: 'FP32', shape: [1], data: [6.5] }],
  });
});

test('takes nested row-major data', async () => {
  const { url } = await startTestEdges(adding());
  const nested = {
    ...X,
    shape: [2, 2],
    data: [
      [1, 2],
      [3, 4],
    ],
  };
  const { bytes } = await infer(url, { inputs: [nested] });
  expect(JSON.parse(bytes.toString()).outputs[0].data).toEqual([10]);
});

test('takes and gives binary tensor data', async () => {
  const { url } = await startTestEdges(adding());
  const header = Buffer.from(
    JSON.stringify({
      parameters: { binary_data_output: true },
      inputs: [{ name: 'x', datatype: 'FP32', shape: [3], parameters: { binary_data_size: 12 } }],
    }),
  );
  const { response, bytes } = await infer(url, Buffer.concat([header, floats(1, 2, 3)]), {
    'inference-header-content-length': `${header.byteLength}`,
    'content-type': 'application/octet-stream',
  });
  const length = Number(response.headers.get('inference-header-content-length'));
  const json = JSON.parse(bytes.subarray(0, length).toString());
  expect(json.outputs).toEqual([
    { name: 'sum', datatype: 'FP32', shape: [1], parameters: { binary_data_size: 4 } },
  ]);
  expect(bytes.subarray(length).readFloatLE()).toBe(6);
});

test('reads an output that travelled as a blob', async () => {
  const jobs = scriptedJobs(() => [
    step('JobOutput', {
      attempt: 1,
      tensors: [{ name: 'sum', datatype: 'FP32', shape: [1], blob: blobId }],
    }),
    completed(1n),
  ]);
  const { url, blobs } = await startTestEdges(jobs);
  const blobId = (await blobs.add(floats(9))).sha256;
  const { bytes } = await infer(url, { inputs: [X] });
  expect(JSON.parse(bytes.toString()).outputs[0].data).toEqual([9]);
});

test('passes limits on price and speed to the market', async () => {
  const jobs = adding();
  const { url } = await startTestEdges(jobs);
  await infer(url, { inputs: [X], parameters: { max_price: '12', optimise: 'fast' } });
  expect(jobs.submissions[0]?.intent).toMatchObject({
    must: { maxPrice: 12n },
    prefer: { kappa: 10 },
  });
});

const malformed: [string, object][] = [
  ['too few elements', { inputs: [{ ...X, shape: [4] }] }],
  ['a string among numbers', { inputs: [{ ...X, data: [1, 'two', 3] }] }],
  [
    'an integer out of range',
    { inputs: [{ name: 'x', datatype: 'INT8', shape: [1], data: [300] }] },
  ],
  [
    'a fraction for an integer',
    { inputs: [{ name: 'x', datatype: 'INT32', shape: [1], data: [1.5] }] },
  ],
  [
    'an integer that JSON rounds',
    { inputs: [{ name: 'x', datatype: 'INT64', shape: [1], data: [2 ** 60] }] },
  ],
  ['an unknown datatype', { inputs: [{ ...X, datatype: 'FLOAT' }] }],
  ['a negative shape', { inputs: [{ ...X, shape: [-1] }] }],
  ['no inputs', { inputs: [] }],
  ['an output that the model lacks', { inputs: [X], outputs: [{ name: 'product' }] }],
  ['binary data that is not there', { inputs: [{ ...X, parameters: { binary_data_size: 12 } }] }],
];
for (const [what, body] of malformed) {
  test(`refuses ${what} and submits nothing`, async () => {
    const jobs = adding();
    const { url } = await startTestEdges(jobs);
    const { response, bytes } = await infer(url, body);
    expect(response.status).toBe(400);
    expect(JSON.parse(bytes.toString())).toMatchObject({
      error: expect.any(String),
      assay: { hint: expect.any(String) },
    });
    expect(jobs.submissions).toEqual([]);
  });
}

test('says 401 without a token, 404 for an unknown model', async () => {
  const { url } = await startTestEdges(adding());
  expect((await infer(url, { inputs: [X] }, { authorization: '' })).response.status).toBe(401);
  expect((await fetch(`${url}/v2/models/unknown`)).status).toBe(404);
});

test('says what a failed job failed of', async () => {
  const failed = step('JobFailed', {
    code: 'P304',
    message: 'late',
    retryable: true,
    price: 0n,
    receipts: [],
  });
  const { url } = await startTestEdges(scriptedJobs(() => [failed]));
  const { response, bytes } = await infer(url, { inputs: [X] });
  expect([response.status, JSON.parse(bytes.toString()).assay.code]).toEqual([503, 'P304']);
});

test('cancels the job of a client that hangs up', async () => {
  const jobs = scriptedJobs(() => []);
  const { url } = await startTestEdges(jobs);
  const abort = new AbortController();
  const asking = fetch(`${url}/v2/models/adder/infer`, {
    method: 'POST',
    headers: TEST_BEARER,
    body: JSON.stringify({ inputs: [X] }),
    signal: abort.signal,
  }).catch(() => undefined);
  await expect.poll(() => jobs.submissions.length).toBe(1);
  abort.abort();
  await asking;
  expect(await jobs.nextCancel()).toBe(TEST_JOB);
});

test('describes server, model and readiness', async () => {
  const { url } = await startTestEdges(adding());
  const get = async (path: string) => (await fetch(`${url}${path}`)).json();
  expect(await get('/v2')).toMatchObject({
    name: 'assay',
    extensions: expect.arrayContaining(['binary_tensor_data']),
  });
  expect(await get('/v2/models/adder')).toMatchObject({
    name: 'adder',
    versions: ['1'],
    inputs: [{ name: 'x' }],
  });
  expect(await get('/v2/models/adder/versions/1/ready')).toEqual({ name: 'adder', ready: true });
  expect((await fetch(`${url}/v2/models/embedder/ready`)).status).toBe(503);
  expect(await get('/v2/health/ready')).toEqual({ ready: true });
});

const saying = (...parts: string[]) =>
  scriptedJobs(() => [
    ...parts.map((text) => step('JobOutput', { attempt: 1, text })),
    completed(BigInt(parts.length)),
  ]);

test('generates text at once and as a stream', async () => {
  const jobs = saying('Hel', 'lo');
  const { url } = await startTestEdges(jobs);
  const body = JSON.stringify({ text_input: 'Say: ', parameters: { max_tokens: 2, seed: 7 } });
  const post = (path: string) =>
    fetch(`${url}/v2/models/adder/${path}`, { method: 'POST', headers: TEST_BEARER, body });
  expect(await (await post('generate')).json()).toMatchObject({ text_output: 'Hello' });
  expect(jobs.submissions[0]?.payload).toEqual({
    kind: 'text',
    prompt: 'Say: ',
    params: { maxTokens: 2, seed: '7' },
  });
  const lines = (await (await post('generate_stream')).text()).trim().split('\n\n');
  expect(lines.map((line) => JSON.parse(line.slice(6)).text_output)).toEqual(['Hel', 'lo']);
});
