import { createLog } from '@assay/kit';
import { sha256, toHex } from '@assay/wire';
import { type ExecutionResult, getIntrospectionQuery } from 'graphql';
import { expect, onTestFinished, test } from 'vitest';
import { createTestSubgraphs, TEST_SECRET } from '../testing/test-subgraphs.ts';
import { identifyCaller } from './caller.ts';
import { createFederation } from './create-federation.ts';
import type { OperationResult } from './plan-in-rust.ts';
import { createRateLimit } from './rate-limit.ts';

const TOKEN = `0x${'ab'.repeat(32)}`;

async function setup(perMinute = 100_000) {
  const log = createLog('test', 'silent');
  const { all, probe } = await createTestSubgraphs();
  const rate = createRateLimit({ perMinute, log });
  const federation = await createFederation({
    subgraphs: all,
    identitySecret: TEST_SECRET,
    rate,
    log,
  });
  onTestFinished(async () => {
    await federation.close();
    await Promise.all(all.map((subgraph) => subgraph.close()));
  });
  const run = (query: string, variables: Record<string, unknown> = {}, authorization?: string) =>
    federation.run({ query, variables }, { caller: identifyCaller(authorization), peer: 'test' });
  const answer = async (...args: Parameters<typeof run>) => (await run(...args)) as ExecutionResult;
  const codesOf = async (query: string, variables?: Record<string, unknown>) => {
    const { errors } = await answer(query, variables);
    return errors?.map(({ extensions }) => [extensions.code, extensions.assayCode]);
  };
  return { run, answer, codesOf, probe };
}

async function* stream(result: OperationResult): AsyncGenerator<ExecutionResult> {
  if (!(Symbol.asyncIterator in result)) throw new Error(JSON.stringify(result));
  yield* result;
}

test('walks from one subgraph into another', async () => {
  const { answer } = await setup();
  expect(await answer('{ manyProviders(first: 2) { id region } }')).toEqual({
    data: {
      manyProviders: [
        { id: 'p0', region: 'eu' },
        { id: 'p1', region: 'eu' },
      ],
    },
  });
});

test('tells a subgraph the hash of the bearer token, and nothing for a stranger', async () => {
  const { answer } = await setup();
  const tokenHash = toHex(sha256(Buffer.from(TOKEN.slice(2), 'hex')));
  expect((await answer('{ whoAmI }', {}, `Bearer ${TOKEN}`)).data).toEqual({ whoAmI: tokenHash });
  expect((await answer('{ whoAmI }')).data).toEqual({ whoAmI: 'nobody' });
});

test('keeps an error’s code and masks a crash', async () => {
  const { answer, codesOf } = await setup();
  expect(await codesOf('{ refuse }')).toEqual([['NOT_FOUND', 'I104']]);
  const crashed = JSON.stringify(await answer('{ crash }'));
  expect(crashed).toContain('"assayCode":"G800"');
  expect(crashed).not.toMatch(/secret|TypeError|stack/);
});

test('gives malformed requests a code', async () => {
  const { codesOf } = await setup();
  expect(await codesOf('{ anyProvider { ')).toEqual([['GRAPHQL_PARSE_FAILED', 'I100']]);
  expect(await codesOf('{ nothing }')).toEqual([['GRAPHQL_VALIDATION_FAILED', 'I100']]);
  const query = 'query ($n: Int!) { manyProviders(first: $n) { id } }';
  expect(await codesOf(query, { n: 'many' })).toEqual([['BAD_USER_INPUT', 'I100']]);
});

test('refuses costly, deep and overlong operations', async () => {
  const { codesOf } = await setup();
  const refused = [['BAD_USER_INPUT', 'G802']];
  expect(await codesOf('{ manyProviders(first: 100000) { id } }')).toEqual(refused);
  const query = 'query ($n: Int!) { manyProviders(first: $n) { id } }';
  expect(await codesOf(query, { n: 100_000 })).toEqual(refused);
  expect(await codesOf(`{ ${'a '.repeat(1001)} }`)).toEqual(refused);
  expect(await codesOf(`{ ${'a '.repeat(70_000)} }`)).toEqual(refused);
});

test('names the operation that a document does not have', async () => {
  const { codesOf } = await setup();
  const resolution = [['OPERATION_RESOLUTION_FAILURE', 'I100']];
  expect(await codesOf('query a { whoAmI } query b { whoAmI }')).toEqual(resolution);
});

test('explains every wrong variable', async () => {
  const { answer } = await setup();
  const query =
    'query ($a: Int!, $b: Int!) { x: manyProviders(first: $a) { id } y: manyProviders(first: $b) { id } }';
  const { errors } = await answer(query, { a: 'one', b: 'two' });
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual([
    'BAD_USER_INPUT',
    'BAD_USER_INPUT',
  ]);
});

test('answers introspection', async () => {
  const { answer } = await setup();
  const { data, errors } = await answer(getIntrospectionQuery());
  expect(errors).toBeUndefined();
  expect(data?.__schema).toBeDefined();
});

test('limits the rate of one caller', async () => {
  const { codesOf } = await setup(12);
  expect(await codesOf('{ whoAmI }')).toBeUndefined();
  expect(await codesOf('{ whoAmI }')).toBeUndefined();
  expect(await codesOf('{ whoAmI }')).toEqual([['RATE_LIMITED', 'G801']]);
});

test('reports a failed entity with its own event only', async () => {
  const { run, probe } = await setup();
  const events = stream(await run('subscription { events { seq provider { region } } }'));
  for (const [index, id] of ['p1', 'gone', 'p2'].entries())
    probe.emit({ seq: index + 1, provider: { id } });
  expect((await events.next()).value).toEqual({
    data: { events: { seq: 1, provider: { region: 'eu' } } },
  });
  const failed = (await events.next()).value as ExecutionResult;
  expect(failed.errors?.map(({ extensions }) => extensions.assayCode)).toEqual(['X500']);
  const later = (await events.next()).value;
  expect(later).toEqual({ data: { events: { seq: 3, provider: { region: 'eu' } } } });
  await events.return(undefined);
});

test('closes the source when a subscriber leaves', async () => {
  const { run, probe } = await setup();
  const result = await run('subscription { events { seq } }');
  if (!(Symbol.asyncIterator in result)) throw new Error('no stream');
  const iterator = result[Symbol.asyncIterator]();
  const waiting = iterator.next();
  expect(probe.opened).toBe(1);
  const closed = probe.nextClose();
  await iterator.return?.();
  await closed;
  expect(probe.closed).toBe(1);
  expect((await waiting).done).toBe(true);
});
