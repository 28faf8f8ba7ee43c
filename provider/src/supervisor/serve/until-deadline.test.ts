import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { untilDeadline } from './until-deadline.ts';

const never = new AbortController().signal;

test('aborted with the signal it was given, or at the deadline', async () => {
  const stop = new AbortController();
  const stopped = untilDeadline(Date.now() + 60_000, stop.signal);
  stop.abort('enough');
  expect(stopped.reason).toBe('enough');
  const late = untilDeadline(Date.now() - 1, never);
  await new Promise((resolve) => late.addEventListener('abort', resolve));
  expect(late.reason).toMatchObject({ code: 'P304' });
});

test('nothing a job had in hand is held until its deadline', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const run = (): WeakRef<object> => {
    const tensors = { data: new Uint8Array(1024) };
    const move = (): object => {
      untilDeadline(Date.now() + 60_000, never);
      return tensors;
    };
    return new WeakRef(move());
  };
  const held = run();
  await new Promise(setImmediate);
  collect();
  expect(held.deref()).toBeUndefined();
});
