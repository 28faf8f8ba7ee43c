import { expect, inject, test } from 'vitest';
import { allEvents, jobEvents, type SeenEvent, textOf } from './stranger/job-events.ts';
import { openSession } from './stranger/open-session.ts';
import { submitJob, textJob } from './stranger/submit-job.ts';

const network = inject('network');
const TOKENS = 80;

async function setup() {
  const session = await openSession(network);
  return { session, id: await submitJob(network, session, textJob(network, TOKENS)) };
}

const TRANSPORTS = ['ws', 'sse'] as const;

test.each(TRANSPORTS)(
  'text streams over %s, in order, to the terminal event',
  async (transport) => {
    const { session, id } = await setup();

    const events = await allEvents(network, session, { id, transport });

    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.filter(({ __typename }) => __typename === 'JobOutput').length).toBeGreaterThan(1);
    expect(textOf(events).length).toBeGreaterThanOrEqual(TOKENS);
    expect(events.at(-1)).toMatchObject({ __typename: 'JobCompleted', units: `${TOKENS}` });
  },
);

test.each(TRANSPORTS)(
  'a follower cut off over %s resumes with the next event',
  async (transport) => {
    const { session, id } = await setup();
    const seen: SeenEvent[] = [];
    for await (const event of jobEvents(network, session, { id, transport })) {
      seen.push(event);
      if (event.__typename === 'JobOutput') break;
    }

    const rest = await allEvents(network, session, { id, transport, after: seen.length });
    const whole = await allEvents(network, session, { id });

    expect([...seen, ...rest]).toEqual(whole);
  },
);

test('two followers of a finished job see the same events', async () => {
  const { session, id } = await setup();

  const [ws, sse] = await Promise.all(
    TRANSPORTS.map((transport) => allEvents(network, session, { id, transport })),
  );

  expect(sse).toEqual(ws);
});
