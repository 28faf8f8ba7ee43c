import { expect, it } from 'vitest';
import { createBroadcast } from './broadcast.ts';

it('gives every subscriber every value from its start on', async () => {
  const news = createBroadcast<number>();
  const first = news.subscribe();
  news.publish(1);
  const second = news.subscribe();
  news.publish(2);
  expect([await first.next(), await first.next()].map(({ value }) => value)).toEqual([1, 2]);
  expect((await second.next()).value).toBe(2);
});

it('ends a waiting subscriber at once, and says when nobody listens', async () => {
  const active: boolean[] = [];
  const news = createBroadcast<number>({ onActive: (is) => active.push(is) });
  const subscriber = news.subscribe();
  const waiting = subscriber.next();
  await subscriber.return?.();
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(active).toEqual([true, false]);
});

it('closes a slow subscriber with G804 and spares the others', async () => {
  const news = createBroadcast<number>({ limit: 2 });
  const slow = news.subscribe();
  const quick = news.subscribe();
  for (const value of [1, 2, 3]) {
    news.publish(value);
    expect((await quick.next()).value).toBe(value);
  }
  await expect(slow.next()).rejects.toMatchObject({ code: 'G804' });
  expect(await slow.next()).toEqual({ done: true, value: undefined });
  expect(news.subscribers).toBe(1);
});
