import { expect, test } from 'vitest';
import { createBoundedQueue } from './bounded-queue.ts';

function setup(limit = 2) {
  let releases = 0;
  const queue = createBoundedQueue<string>({
    limit,
    overflow: () => 'too slow',
    release: () => {
      releases += 1;
    },
  });
  return { queue, releases: () => releases };
}

test('hands over values in order, also to a reader that already waits', async () => {
  const { queue, releases } = setup();
  const waiting = queue.next();
  queue.push('a');
  expect(await waiting).toEqual({ done: false, value: 'a' });
  queue.push('b');
  queue.end();
  expect(await queue.next()).toEqual({ done: false, value: 'b' });
  expect((await queue.next()).done).toBe(true);
  expect(releases()).toBe(1);
});

test('gives a slow reader all it holds, then the reason, then the end', async () => {
  const { queue, releases } = setup();
  for (const value of ['a', 'b', 'c', 'd']) queue.push(value);
  expect(releases()).toBe(1);
  const seen: string[] = [];
  for await (const value of queue) seen.push(value);
  expect(seen).toEqual(['a', 'b', 'too slow']);
  expect(releases()).toBe(1);
});

test('ends a waiting reader when it leaves', async () => {
  const { queue, releases } = setup();
  const waiting = queue.next();
  await queue.return();
  expect((await waiting).done).toBe(true);
  expect(releases()).toBe(1);
});
