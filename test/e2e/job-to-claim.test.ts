import { expect, inject, test } from 'vitest';
import { eventually } from './stranger/eventually.ts';
import { data } from './stranger/graphql.ts';
import { allEvents, type SeenEvent } from './stranger/job-events.ts';
import { openSession } from './stranger/open-session.ts';
import { ocrJob, submitJob, vadJob } from './stranger/submit-job.ts';

const network = inject('network');

function tensorsOf(events: readonly SeenEvent[]): Record<string, Buffer> {
  const tensors = events.flatMap((event) => event.tensors ?? []);
  return Object.fromEntries(
    tensors.map(({ name, base64 }) => [name, Buffer.from(base64 ?? '', 'base64')]),
  );
}

test('one signature opens a session, whose token reads it', async () => {
  const { token, sessionId, session } = await openSession(network);

  expect(session).toMatchObject({ id: sessionId, deposit: '20000000', spent: '0' });
  const query = '{ session(id: "ID") { id payer hosted: key free } }'.replace('ID', sessionId);
  const answer = await data(network.graphql, { query }, token);
  expect(answer.session).toMatchObject({ id: sessionId, free: '20000000' });
});

test('a picture goes in, its text comes out, and the claim is in the index', async () => {
  const session = await openSession(network);
  const id = await submitJob(network, session, ocrJob(network));
  const events = await allEvents(network, session, { id });

  const completed = events.at(-1);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(completed).toMatchObject({ __typename: 'JobCompleted', units: '1' });
  expect(completed?.receipts).toHaveLength(1);
  expect(BigInt(completed?.price)).toBeGreaterThan(0n);

  const claim = await eventually(async () => {
    const query = `{ claims(where: { session: "${session.sessionId}" }) { delta cumulative transaction receipts } }`;
    return (await data(network.indexGraphql, { query })).claims[0];
  });
  expect(claim).toMatchObject({ delta: completed?.price, cumulative: completed?.price });
});

test('speech goes in, its segments come out', async () => {
  const session = await openSession(network);
  const id = await submitJob(network, session, vadJob(network));
  const { start, end } = tensorsOf(await allEvents(network, session, { id }));

  expect(start?.length).toBeGreaterThan(0);
  expect(start?.length).toBe(end?.length);
  expect(end?.readFloatLE(0)).toBeGreaterThan(start?.readFloatLE(0) ?? Number.POSITIVE_INFINITY);
});
