import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { limitMemory } from './limit-memory.ts';

const GIB = 1024 ** 3;

it('narrows a running child', async () => {
  const child = spawn('sleep', ['60']);
  onTestFinished(() => void child.kill());
  await once(child, 'spawn');
  expect(await limitMemory(child.pid ?? 0, GIB)).toBeUndefined();
  const limits = readFileSync(`/proc/${child.pid}/limits`, 'utf8');
  expect(limits).toMatch(new RegExp(`^Max data size +${GIB} `, 'm'));
});

it('says that the child has ended where it has: prlimit itself is not to blame', async () => {
  const child = spawn('true');
  await once(child, 'exit');
  expect(await limitMemory(child.pid ?? 0, GIB)).toMatch(/No such process/);
});
