import { expect, inject, test } from 'vitest';
import { ask, data } from './stranger/graphql.ts';
import { jobEvents, type SeenEvent, textOf } from './stranger/job-events.ts';
import { openSession } from './stranger/open-session.ts';
import { submitJob, textJob } from './stranger/submit-job.ts';

const network = inject('network');
const LONG = 3_000;

test('a cancelled stream costs what was streamed, and no more', async () => {
  const session = await openSession(network);
  const id = await submitJob(network, session, textJob(network, LONG));
  const cancel = { query: 'mutation ($id: ID!) { cancelJob(id: $id) { id } }', variables: { id } };
  const events: SeenEvent[] = [];
  for await (const event of jobEvents(network, session, { id })) {
    events.push(event);
    if (event.__typename === 'JobOutput') await ask(network.graphql, cancel, session.token);
  }

  const cancelled = events.at(-1);
  expect(cancelled).toMatchObject({ __typename: 'JobCancelled', receipts: [{}] });
  const [receipt] = cancelled?.receipts ?? [];
  // This model's tokens are characters: each that was paid for was shown.
  expect(textOf(events)).toHaveLength(Number(receipt.units));
  expect(Number(receipt.units)).toBeGreaterThan(0);
  expect(Number(receipt.units)).toBeLessThan(LONG);
  expect(cancelled?.price).toBe(receipt.price);
  const query = `{ session(id: "${session.sessionId}") { spent held } }`;
  const { session: account } = await data(network.graphql, { query }, session.token);
  expect(account).toEqual({ spent: cancelled?.price, held: '0' });
});
