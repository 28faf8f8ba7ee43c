import { expect, test } from 'vitest';
import { StopStack } from './stop-stack.ts';

const setup = () => {
  const stopped: string[] = [];
  const part = (name: string) => ({ stop: async () => void stopped.push(name) });
  return { stack: new StopStack(), stopped, part };
};

test('stops in reverse order, once', async () => {
  const { stack, stopped, part } = setup();
  await stack.add(part('chain'));
  await stack.add(part('gateway'));

  await Promise.all([stack.stop(), stack.stop()]);

  expect(stopped).toEqual(['gateway', 'chain']);
});

test('one part that cannot stop does not keep the others', async () => {
  const { stack, stopped, part } = setup();
  await stack.add(part('chain'));
  await stack.defer(() => Promise.reject(new Error('stuck')));

  await expect(stack.stop()).rejects.toThrow('did not stop');
  expect(stopped).toEqual(['chain']);
});

test('what starts after the stop is stopped at once', async () => {
  const { stack, stopped, part } = setup();
  await stack.stop();

  await stack.add(part('late'));

  expect(stopped).toEqual(['late']);
});
