import { expect, inject, test } from 'vitest';
import { ask, data } from './stranger/graphql.ts';
import { jobEvents, type SeenEvent, textOf } from './stranger/job-events.ts';
import { openSession } from './stranger/open-session.ts';
import { submitJob, textJob } from './stranger/submit-job.ts';

const network = inject('network');
const LONG = 4_000;
/** The model may be faster than a request to stop it; it is not ten times in a row. */
const TRIES = 10;

/** Cancels a text at its first output, and answers how many tokens were paid for once all that holds in any case does. */
async function cancelEarly(): Promise<number> {
  const session = await openSession(network);
  const id = await submitJob(network, session, textJob(network, LONG));
  const cancel = { query: 'mutation ($id: ID!) { cancelJob(id: $id) { id } }', variables: { id } };
  const events: SeenEvent[] = [];
  let asked: Promise<unknown> | undefined;
  for await (const event of jobEvents(network, session, { id })) {
    events.push(event);
    if (event.__typename === 'JobOutput') asked ??= ask(network.graphql, cancel, session.token);
  }
  await asked;

  const last = events.at(-1);
  expect(['JobCancelled', 'JobCompleted']).toContain(last?.__typename);
  expect(last?.receipts).toHaveLength(1);
  const [receipt] = last?.receipts ?? [];
  // This model's tokens are characters: each that was paid for was shown.
  expect(textOf(events)).toHaveLength(Number(receipt.units));
  expect(Number(receipt.units)).toBeGreaterThan(0);
  expect(last?.price).toBe(receipt.price);
  const query = `{ session(id: "${session.sessionId}") { spent held } }`;
  const { session: account } = await data(network.graphql, { query }, session.token);
  expect(account).toEqual({ spent: last?.price, held: '0' });
  return Number(receipt.units);
}

test('a cancelled stream costs what was streamed, and no more', async () => {
  let units = LONG;
  for (let tries = 0; units === LONG && tries < TRIES; tries++) units = await cancelEarly();
  expect(units).toBeLessThan(LONG);
});
