import { type FrameMeta, type Hex, longestText } from '@assay/wire';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ProviderConnection } from '../domain/provider-connection.ts';
import { createAttempt } from './attempt.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const GRACE_MS = 700;
const ticketId: Hex = `0x${'01'.repeat(32)}`;

function connect() {
  const cancels: FrameMeta<'cancel'>[] = [];
  const rejected: string[] = [];
  const connection = {
    provider: `0x${'02'.repeat(20)}`,
    sendCancel: (cancel: FrameMeta<'cancel'>) => cancels.push(cancel),
    reject: (reason: string) => rejected.push(reason),
  } as unknown as ProviderConnection;
  return { connection, cancels, rejected };
}

function setup(maxTokens?: number) {
  const first = connect();
  const seen: string[] = [];
  const ends: unknown[] = [];
  const attempt = createAttempt({
    id: ticketId,
    ticket: {
      ...{ jobId: ticketId, attempt: 1, sessionId: ticketId },
      offerId: ticketId,
      maxPrice: 9n,
      deadline: 9n,
    },
    connection: first.connection,
    unitPrice: 1n,
    maxTokens,
    graceMs: GRACE_MS,
    now: () => Date.now(),
    onOutput: ({ text }) => seen.push(text ?? ''),
  });
  void attempt.end.then((end) => ends.push(end));
  const say = (index: number, text: string, body = new Uint8Array()) =>
    attempt.chunk({ ticket: ticketId, index, text, units: '1' }, body);
  const generate = (index: number, length: number, units: number | string) =>
    attempt.chunk(
      { ticket: ticketId, index, text: 'x'.repeat(length), units: `${units}` },
      new Uint8Array(),
    );
  return { first, attempt, seen, ends, say, generate };
}

it('goes on over the next connection; what was heard before is skipped', async () => {
  const { attempt, seen, ends, say } = setup();
  for (const [index, text] of ['a', 'b'].entries()) say(index, text);
  attempt.link.cut('socket closed');
  await vi.advanceTimersByTimeAsync(GRACE_MS - 1);
  const next = connect();
  attempt.resume(next.connection);
  await vi.advanceTimersByTimeAsync(10 * GRACE_MS);
  for (const [index, text] of ['a', 'b', 'c'].entries()) say(index, text);
  expect(seen).toEqual(['a', 'b', 'c']);
  expect(attempt.delivered).toMatchObject({ text: 'abc', chunks: 3 });
  expect(attempt.connection).toBe(next.connection);
  expect(ends).toEqual([]);
});

it('is lost when the grace is over, once', async () => {
  const { attempt, seen, ends, say } = setup();
  attempt.link.cut('socket closed');
  await vi.advanceTimersByTimeAsync(GRACE_MS);
  expect(ends).toMatchObject([{ kind: 'failed', code: 'P307', outcome: 'lost' }]);
  attempt.resume(connect().connection);
  say(0, 'too late');
  expect(seen).toEqual([]);
});

it('survives cut after cut, each with a grace of its own', async () => {
  const { attempt, seen, ends, say } = setup();
  for (let count = 0; count < 3; count++) {
    say(0, 'a');
    attempt.link.cut('socket closed');
    await vi.advanceTimersByTimeAsync(GRACE_MS / 2);
    attempt.resume(connect().connection);
  }
  expect(seen).toEqual(['a']);
  expect(ends).toEqual([]);
});

it('does not count repeated chunks against the inline limit, and refuses a gap in them', () => {
  const { attempt, say } = setup();
  const large = new Uint8Array(3 * 1024 * 1024);
  for (const index of [0, 1]) say(index, 'a', large);
  const next = connect();
  attempt.resume(next.connection);
  for (const index of [0, 1]) say(index, 'a', large);
  expect(next.rejected).toEqual([]);
  say(3, 'd');
  expect(next.rejected).toEqual(['chunk 3 where 2 is next']);
});

it('takes a generated text that is as long as its tokens can be, however it is cut into chunks', () => {
  const { first, attempt, generate } = setup(100);
  generate(0, longestText(10), 10);
  generate(1, 0, 90);
  generate(2, longestText(100) - longestText(10), 0);
  expect(first.rejected).toEqual([]);
  expect(attempt.delivered.text).toHaveLength(longestText(100));
});

it.each([
  ['than the tokens it is said to have', 10, 10],
  ['than all tokens of the job', 100, 5_000],
  ['whatever number of tokens is said', 100, '9'.repeat(30)],
])(
  'a generated text longer %s ends the attempt as its provider’s fault, undelivered',
  async (_, tokens, units) => {
    const { first, attempt, seen, ends, generate } = setup(100);
    generate(0, longestText(tokens) + 1, units);
    generate(1, 1, 1);
    await attempt.end;
    expect(ends).toMatchObject([{ kind: 'failed', code: 'P300', outcome: 'invalid' }]);
    expect(first.rejected).toEqual([expect.stringContaining('characters')]);
    expect(seen).toEqual([]);
    expect(attempt.delivered).toMatchObject({ text: '', chunks: 0 });
  },
);

it('a text said again over the next connection is not counted twice', () => {
  const { attempt, generate } = setup(100);
  generate(0, longestText(10), 10);
  const next = connect();
  attempt.resume(next.connection);
  generate(0, longestText(10), 10);
  generate(1, 1, 1);
  expect(next.rejected).toEqual([]);
  expect(attempt.delivered.text).toHaveLength(longestText(10) + 1);
});

it('a text that is not generated may have any length', () => {
  const { first, seen, generate } = setup();
  generate(0, 40_000, 1);
  expect(first.rejected).toEqual([]);
  expect(seen).toHaveLength(1);
});

it('repeats a cancellation over the next connection', () => {
  const { first, attempt } = setup();
  attempt.link.cancel('enough', true);
  const next = connect();
  attempt.resume(next.connection);
  const cancel = { ticket: ticketId, reason: 'enough', partial: true };
  expect([first.cancels, next.cancels]).toEqual([[cancel], [cancel]]);
});
