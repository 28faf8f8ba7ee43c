import { expect, it } from 'vitest';
import { createLog } from './log.ts';
import { createShutdown } from './shutdown.ts';

const log = createLog('test', 'silent');

it('closes in reverse order, once, and tells whoever waits', async () => {
  const shutdown = createShutdown(log);
  const closed: string[] = [];
  for (const name of ['redis', 'server']) shutdown.add(name, () => void closed.push(name));
  await Promise.all([shutdown.begin('test'), shutdown.begin('again')]);
  expect(closed).toEqual(['server', 'redis']);
  expect(shutdown.signal.aborted).toBe(true);
});

it('goes on after a part that fails or hangs', async () => {
  const shutdown = createShutdown(log, 20);
  const closed: string[] = [];
  shutdown.add('last', () => void closed.push('last'));
  shutdown.add('hangs', () => new Promise<void>(() => {}));
  shutdown.add('fails', () => Promise.reject(new Error('no')));
  await shutdown.begin('test');
  expect(closed).toEqual(['last']);
});
