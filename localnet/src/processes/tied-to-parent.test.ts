import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { tiedToParent } from './tied-to-parent.ts';

const IDLE = 'console.log("up"); setInterval(() => {}, 1000);';

test('a process that dies leaves no child that holds its pipes', async () => {
  const command = tiedToParent([process.execPath, '-e', IDLE]);
  const parent = spawn(process.execPath, [
    '-e',
    `const [file, ...args] = ${JSON.stringify(command)};
     require('node:child_process').spawn(file, args, { stdio: 'inherit' });`,
  ]);
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [said] = await once(parent.stdout, 'data');
  expect(`${said}`).toBe('up\n');

  parent.kill('SIGKILL');

  // Once nobody holds its pipes any more.
  expect(await once(parent, 'close')).toEqual([null, 'SIGKILL']);
});
