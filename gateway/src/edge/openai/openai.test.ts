import { expect, test } from 'vitest';
import { completed, scriptedJobs, step, TEST_JOB } from '../../testing/scripted-jobs.ts';
import { startTestEdges, TEST_BEARER } from '../../testing/start-test-edges.ts';

const saying = (...parts: string[]) =>
  scriptedJobs(() => [
    ...parts.map((text) => step('JobOutput', { attempt: 1, text })),
    completed(BigInt(parts.length)),
  ]);

async function post(
  url: string,
  path: string,
  body: object,
  headers: Record<string, string> = TEST_BEARER,
) {
  return fetch(`${url}/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

async function chunks(response: Response): Promise<string[]> {
  return (await response.text())
    .trim()
    .split('\n\n')
    .map((line) => line.replace(/^data: /, ''));
}

test('completes a prompt', async () => {
  const jobs = saying('Hel', 'lo');
  const { url } = await startTestEdges(jobs);
  const response = await post(url, 'completions', {
    model: 'adder',
    prompt: 'Say: ',
    max_tokens: 2,
    stop: '\n',
    seed: 3,
  });
  expect(await response.json()).toMatchObject({
    object: 'text_completion',
    model: 'adder',
    choices: [{ index: 0, text: 'Hello', finish_reason: 'length' }],
    usage: { completion_tokens: 2 },
    assay: { job_id: TEST_JOB, price: '7' },
  });
  expect(jobs.submissions[0]?.payload).toEqual({
    kind: 'text',
    prompt: 'Say: ',
    params: { maxTokens: 2, stop: ['\n'], seed: '3' },
  });
});

test('writes a conversation out for the model to continue', async () => {
  const jobs = saying('Hello');
  const { url } = await startTestEdges(jobs);
  const messages = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
  ];
  const response = await post(url, 'chat/completions', { model: 'adder', messages });
  expect(await response.json()).toMatchObject({
    object: 'chat.completion',
    choices: [{ message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  });
  expect(jobs.submissions[0]?.payload).toMatchObject({
    prompt: 'system: Be brief.\nuser: Hi\nassistant:',
  });
});

test('a text that its deadline ended did not stop by itself', async () => {
  const jobs = scriptedJobs(() => [
    step('JobOutput', { attempt: 1, text: 'Hel' }),
    { ...completed(1n), cutShort: true } as ReturnType<typeof completed>,
  ]);
  const { url } = await startTestEdges(jobs);
  const asked = { model: 'adder', prompt: 'Say: ', max_tokens: 2 };
  expect(await (await post(url, 'completions', asked)).json()).toMatchObject({
    choices: [{ text: 'Hel', finish_reason: 'length' }],
  });
});

test('streams a chat in chunks, with usage when asked, to [DONE]', async () => {
  const { url } = await startTestEdges(saying('Hel', 'lo'));
  const response = await post(url, 'chat/completions', {
    model: 'adder',
    messages: [{ role: 'user', content: 'Hi' }],
    stream: true,
    stream_options: { include_usage: true },
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const lines = await chunks(response);
  expect(lines.at(-1)).toBe('[DONE]');
  const parts = lines.slice(0, -1).map((line) => JSON.parse(line));
  expect(parts.map(({ choices }) => choices[0]?.delta)).toEqual([
    { role: 'assistant', content: 'Hel' },
    { content: 'lo' },
    {},
    undefined,
  ]);
  expect(parts[2].choices[0].finish_reason).toBe('stop');
  expect(parts[3].usage).toMatchObject({ completion_tokens: 2 });
});

test('reports a failure inside a stream that has begun', async () => {
  const failed = step('JobFailed', {
    code: 'R204',
    message: 'all failed',
    retryable: true,
    price: 0n,
    receipts: [],
  });
  const jobs = scriptedJobs(() => [step('JobOutput', { attempt: 1, text: 'Hel' }), failed]);
  const { url } = await startTestEdges(jobs);
  const lines = await chunks(
    await post(url, 'completions', { model: 'adder', prompt: 'x', stream: true }),
  );
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({
    error: { code: 'R204', type: 'service_unavailable_error' },
  });
});

test('answers a refusal before the first chunk with a status', async () => {
  const { url } = await startTestEdges(saying('Hello'));
  const response = await post(
    url,
    'completions',
    { model: 'adder', prompt: 'x', stream: true },
    {},
  );
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({
    error: { type: 'authentication_error', code: 'I105' },
  });
});

test('refuses what it cannot honour instead of ignoring it', async () => {
  const jobs = saying('Hello');
  const { url } = await startTestEdges(jobs);
  for (const extra of [{ n: 2 }, { logprobs: 5 }, { tools: [{}] }, { temperature: 'hot' }]) {
    const response = await post(url, 'completions', { model: 'adder', prompt: 'x', ...extra });
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: { param: string } }).error.param).toBe(
      Object.keys(extra)[0],
    );
  }
  expect(jobs.submissions).toEqual([]);
});

test('lists models and describes one', async () => {
  const { url } = await startTestEdges(saying());
  const list = (await (await fetch(`${url}/v1/models`)).json()) as { data: unknown[] };
  expect(list.data[0]).toMatchObject({ id: 'adder@1', object: 'model' });
  expect(await (await fetch(`${url}/v1/models/adder`)).json()).toMatchObject({ id: 'adder@1' });
  expect((await fetch(`${url}/v1/models/none`)).status).toBe(404);
});

test('embeds each input with a job of its own', async () => {
  const jobs = scriptedJobs(({ payload }) => {
    const length = payload.kind === 'text' ? payload.prompt.length : 0;
    const data = new Uint8Array(new Float32Array([length, 0.5, -1]).buffer);
    return [
      step('JobOutput', {
        attempt: 1,
        tensors: [{ name: 'embedding', datatype: 'FP32', shape: [3], data }],
      }),
      completed(1n),
    ];
  });
  const { url } = await startTestEdges(jobs);
  const response = await post(url, 'embeddings', { model: 'embedder', input: ['a', 'bcd'] });
  expect(await response.json()).toMatchObject({
    object: 'list',
    data: [
      { index: 0, embedding: [1, 0.5, -1] },
      { index: 1, embedding: [3, 0.5, -1] },
    ],
  });
  const packed = (await (
    await post(url, 'embeddings', { model: 'embedder', input: 'ab', encoding_format: 'base64' })
  ).json()) as { data: { embedding: string }[] };
  expect(Buffer.from(packed.data[0]?.embedding ?? '', 'base64').readFloatLE()).toBe(2);
});
