import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { ROOT } from './root.ts';

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends it in one line, without a trace', async (signal, code) => {
  const child = spawn(process.execPath, [join(ROOT, 'protocol/mutation/main.ts')]);
  onTestFinished(() => void child.kill('SIGKILL'));
  const [out, err] = [text(child.stdout), text(child.stderr)];
  const exit = once(child, 'close');
  await once(child.stdout, 'data');
  child.kill(signal);
  expect(await exit).toEqual([code, null]);
  expect(await err).toBe('');
  expect(await out).toMatch(/stopped; 0 of \d+ mutants tried\n$/);
});
