import { createLog } from '@assay/kit';
import type { ExecutionResult } from 'graphql';
import { expect, test } from 'vitest';
import type { CallerContext } from '../federation/caller.ts';
import { createRateLimit } from '../federation/rate-limit.ts';
import { createBoundedQueue } from './bounded-queue.ts';
import { jsonOf } from './json-of.ts';
import { shareTopics } from './shared-topics.ts';

const JOB = { query: 'subscription { jobEvents(jobId: "0x1") { seq } }' };
const NEWS = { query: 'subscription { protocolActivity { kind } }' };
const callerOf = (tokenHash?: `0x${string}`): CallerContext => ({
  caller: { requestId: 'r', ...(tokenHash && { tokenHash }) },
  peer: 'test',
});

function setup(perMinute = 1_000_000) {
  const log = createLog('test', 'silent');
  const sources: { push(result: ExecutionResult): void; end(): void; released: boolean }[] = [];
  const rate = createRateLimit({ perMinute, log });
  const run = shareTopics(
    async () => {
      const source = createBoundedQueue<ExecutionResult>({
        limit: 100_000,
        overflow: () => ({}),
        release: () => {
          entry.released = true;
        },
      });
      const entry = { push: source.push, end: source.end, released: false };
      sources.push(entry);
      return source;
    },
    rate,
    log,
  );
  const join = async (params: { query: string }, context = callerOf()) => {
    const result = await run(params, context);
    if (!(Symbol.asyncIterator in result)) throw new Error(JSON.stringify(result));
    return result[Symbol.asyncIterator]();
  };
  return { join, run, sources };
}

const event = (seq: number): ExecutionResult => ({ data: { seq } });

test('opens one source for all who ask the same, and closes it with the last', async () => {
  const { join, sources } = setup();
  const followers = await Promise.all([join(JOB), join(JOB), join(JOB)]);
  expect(sources).toHaveLength(1);
  sources[0]?.push(event(1));
  const results = await Promise.all(followers.map((follower) => follower.next()));
  expect(results.map(({ value }) => value)).toEqual([event(1), event(1), event(1)]);
  expect(new Set(results.map(({ value }) => value)).size).toBe(1);
  await followers[0]?.return?.();
  await followers[1]?.return?.();
  expect(sources[0]?.released).toBe(false);
  await followers[2]?.return?.();
  expect(sources[0]?.released).toBe(true);
});

test('never shares between tokens', async () => {
  const { join, sources } = setup();
  await join(JOB, callerOf('0xa'));
  await join(JOB, callerOf('0xb'));
  expect(sources).toHaveLength(2);
});

test('gives who joins late a job’s events from the start, in order', async () => {
  const { join, sources } = setup();
  const first = await join(JOB);
  sources[0]?.push(event(1));
  sources[0]?.push(event(2));
  await first.next();
  const late = await join(JOB);
  sources[0]?.push(event(3));
  const seen = [await late.next(), await late.next(), await late.next()];
  expect(seen.map(({ value }) => value)).toEqual([event(1), event(2), event(3)]);
  expect(sources).toHaveLength(1);
});

test('asks again for a job whose past is too long to keep', async () => {
  const { join, sources } = setup();
  const first = await join(JOB);
  for (let seq = 1; seq <= 100; seq++) sources[0]?.push(event(seq));
  for (let seq = 1; seq <= 100; seq++) expect((await first.next()).value).toEqual(event(seq));
  await join(JOB);
  expect(sources).toHaveLength(2);
  sources[0]?.push(event(101));
  expect((await first.next()).value).toEqual(event(101));
});

test('gives who joins news late only what comes after', async () => {
  const { join, sources } = setup();
  const first = await join(NEWS);
  sources[0]?.push(event(1));
  await first.next();
  const late = await join(NEWS);
  sources[0]?.push(event(2));
  expect((await late.next()).value).toEqual(event(2));
});

test('cuts off a slow follower with G804 and leaves the others alone', async () => {
  const { join, sources } = setup();
  const [slow, quick] = [await join(NEWS), await join(NEWS)];
  let received = 0;
  for (let seq = 1; seq <= 3_000; seq++) {
    sources[0]?.push(event(seq));
    received += (await quick.next()).value.data.seq === seq ? 1 : 0;
  }
  expect(received).toBe(3_000);
  const seen: ExecutionResult[] = [];
  for (let one = await slow.next(); one.done !== true; one = await slow.next())
    seen.push(one.value);
  expect(seen).toHaveLength(1_025);
  expect(seen.at(-1)?.errors?.[0]?.extensions).toMatchObject({ assayCode: 'G804' });
});

test('counts every follower against its rate', async () => {
  const { run } = setup(6);
  await run(JOB, callerOf());
  await run(JOB, callerOf());
  const refused = (await run(JOB, callerOf())) as ExecutionResult;
  expect(refused.errors?.[0]?.extensions).toMatchObject({ assayCode: 'G801' });
});

test('serialises a result once', () => {
  let times = 0;
  const result = { toJSON: () => ++times };
  expect([jsonOf(result), jsonOf(result), times]).toEqual(['1', '1', 1]);
});
