import type { Hex, JobEvent } from '@assay/wire';
import { expect, test } from 'vitest';
import { followJob } from './follow-job.ts';
import type { GraphqlLink, StreamResult } from './graphql-link.ts';

const JOB: Hex = `0x${'1'.repeat(64)}`;
const output = (seq: number): StreamResult => ({
  data: {
    jobEvents: {
      __typename: 'JobOutput',
      jobId: JOB,
      seq,
      at: '2026-01-01T00:00:00Z',
      attempt: 1,
      text: `${seq}`,
      tensors: null,
    },
  },
});
const cancelled = (seq: number): StreamResult => ({
  data: {
    jobEvents: {
      __typename: 'JobCancelled',
      jobId: JOB,
      seq,
      at: '2026-01-01T00:00:00Z',
      price: '0',
      receipts: [],
    },
  },
});
const refused = (assayCode: string, retryable: boolean): StreamResult => ({
  errors: [{ message: 'no', extensions: { code: 'X', assayCode, retryable } }],
});
const CUT = { code: 1006, reason: 'gone' };

/** A marketplace whose connections each give what the script says, then end or break. */
function setup(...connections: (readonly (StreamResult | typeof CUT)[])[]) {
  const asked: unknown[] = [];
  const link: GraphqlLink = {
    ask: () => Promise.reject(new Error('not asked')),
    close: async () => undefined,
    async *stream(_, { after }) {
      asked.push(after);
      for (const step of connections.shift() ?? []) {
        if ('code' in step) throw step;
        yield step;
      }
    },
  };
  return { link, asked };
}

async function seqs(events: AsyncIterable<JobEvent>): Promise<number[]> {
  const seen: number[] = [];
  for await (const { seq } of events) seen.push(seq);
  return seen;
}

test('resumes after a cut from the last event seen', async () => {
  const { link, asked } = setup([output(1), output(2), CUT], [output(3), cancelled(4)]);
  expect(await seqs(followJob(link, JOB))).toEqual([1, 2, 3, 4]);
  expect(asked).toEqual([0, 2]);
});

test('drops what it has seen and asks again for what is missing', async () => {
  const { link, asked } = setup(
    [output(1), output(3)],
    [output(1), output(2), output(3), cancelled(4)],
  );
  expect(await seqs(followJob(link, JOB))).toEqual([1, 2, 3, 4]);
  expect(asked).toEqual([0, 1]);
});

test('resumes when it was too slow, or the stream ended without a terminal event', async () => {
  const { link, asked } = setup([output(1), refused('G804', true)], [output(2)], [cancelled(3)]);
  expect(await seqs(followJob(link, JOB))).toEqual([1, 2, 3]);
  expect(asked).toEqual([0, 1, 2]);
});

test('throws what will not pass', async () => {
  const { link } = setup([output(1), refused('I109', false)]);
  await expect(seqs(followJob(link, JOB))).rejects.toMatchObject({ code: 'I109' });
});

test('says why a connection was refused, and stops trying', async () => {
  const { link, asked } = setup([{ code: 4401, reason: 'I105 No session' }], [output(1)]);
  await expect(seqs(followJob(link, JOB))).rejects.toMatchObject({
    name: 'RemoteError',
    code: 'I105',
  });
  expect(asked).toEqual([0]);
});

test('gives up after its patience, with an error that says so', async () => {
  const { link } = setup([CUT], [CUT], [CUT], [CUT], [CUT], [CUT], [CUT], [CUT]);
  await expect(seqs(followJob(link, JOB, { patienceMs: 20 }))).rejects.toMatchObject({
    name: 'RemoteError',
    code: 'G805',
    retryable: true,
  });
});

test('stops when told to', async () => {
  const { link } = setup([output(1), output(2), output(3)]);
  const abort = new AbortController();
  const seen: number[] = [];
  for await (const { seq } of followJob(link, JOB, { signal: abort.signal })) {
    seen.push(seq);
    if (seq === 2) abort.abort();
  }
  expect(seen).toEqual([1, 2]);
});
