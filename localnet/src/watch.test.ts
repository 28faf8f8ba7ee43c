import { expect, test } from 'vitest';
import type { Child, Exit } from './processes/child-process.ts';
import { Watch } from './watch.ts';

function setup(stopping = false) {
  const { promise, resolve } = Promise.withResolvers<Exit>();
  const child: Child = {
    name: 'anvil',
    pid: 7,
    logFile: '/nowhere/anvil.log',
    exited: promise,
    stop: async () => undefined,
  };
  const watch = new Watch(() => stopping);
  watch.add(child);
  const outcome = Promise.race([watch.broken, promise.then(() => 'unnoticed')]);
  return { watch, child, die: () => resolve({ code: null, signal: 'SIGKILL' }), outcome };
}

test('names a child that died by itself', async () => {
  const { watch, die } = setup();

  die();

  expect(await watch.broken).toMatchObject({
    code: 'N902',
    hint: expect.stringMatching(/^anvil: was ended by SIGKILL.*anvil\.log/),
  });
});

test('a child ended on purpose, or while all stops, is no news', async () => {
  const wanted = setup();
  wanted.watch.expect(wanted.child);
  const stopping = setup(true);

  wanted.die();
  stopping.die();

  expect(await wanted.outcome).toBe('unnoticed');
  expect(await stopping.outcome).toBe('unnoticed');
});
