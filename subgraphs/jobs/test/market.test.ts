import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectScripted } from './scripted-provider.ts';
import { startTestMarket, type TestMarket } from './start-test-market.ts';
import { KEYS } from './test-chain.ts';

let running: TestMarket;
beforeAll(async () => {
  running = await startTestMarket();
}, 120_000);
afterAll(() => running?.close());

const SUBMIT = `mutation ($intent: IntentInput!, $input: JobInput!, $key: ID) {
  submitJob(intent: $intent, input: $input, idempotencyKey: $key) { id status model { id } }
}`;

it('runs a job from grant to voucher', async () => {
  const { chain, market, openSession, ask, linkUrl: url, domain } = running;
  const registered = await chain.registerProvider(KEYS[3], 'first');
  const models = Object.values(chain.models);
  const provider = await connectScripted({ url, domain, registered, models });
  const { identity, sessionId } = await openSession();
  const intent = { target: { modelId: chain.models.text } };
  const input = { text: { prompt: 'one two three' } };
  const submitted = await ask(SUBMIT, { intent, input }, identity);
  expect(submitted.errors).toBeUndefined();
  const events = [];
  for await (const event of market.port.events(submitted.data.submitJob.id, 0, identity))
    events.push(event);
  expect(events.map((event) => event.kind)).toEqual([
    'JobQueued',
    'JobAssigned',
    'JobOutput',
    'JobCompleted',
  ]);
  expect(events.at(-1)).toMatchObject({ price: 300n, units: 3n });
  await expect.poll(() => provider.payments.at(-1)?.cumulative).toBe('300');
  const { data } = await ask(
    `query ($id: ID!, $s: ID!) { job(id: $id) { status text price provider { id } }
    session(id: $s) { deposit spent held free } }`,
    { id: submitted.data.submitJob.id, s: sessionId },
    identity,
  );
  expect(data).toMatchObject({
    job: { status: 'COMPLETED', text: 'one two three', price: '300' },
    session: { deposit: '10000000', spent: '300', held: '0', free: '9999700' },
  });
  await provider.close();
});
