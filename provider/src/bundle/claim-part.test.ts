import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { claimPart } from './claim-part.ts';

function setup() {
  const directory = mkdtempSync(join(tmpdir(), 'assay-part-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return join(directory, 'abc');
}
const read = (path: string): string => readFileSync(path, 'utf8');

it('two that download one file at once write two', async () => {
  const target = setup();
  const [first, second] = await Promise.all([claimPart(target), claimPart(target)]);
  writeFileSync(first.path, 'one');
  writeFileSync(second.path, 'two');
  expect([read(first.path), read(second.path)]).toEqual(['one', 'two']);
});

it('what was given back is taken up by one only', async () => {
  const target = setup();
  const before = await claimPart(target);
  writeFileSync(before.path, 'half');
  await before.giveBack();
  const claims = await Promise.all([claimPart(target), claimPart(target)]);
  expect(claims.filter(({ path }) => existsSync(path) && read(path) === 'half')).toHaveLength(1);
});

it('what a killed process left is taken up, what a living one writes is not', async () => {
  const target = setup();
  const { pid: gone } = spawnSync('true');
  const uuid = '00000000-0000-4000-8000-000000000000';
  writeFileSync(`${target}.part.${gone}.${uuid}`, 'left');
  writeFileSync(`${target}.part.${process.ppid}.${uuid}`, 'someone else is at it');
  const part = await claimPart(target);
  expect(read(part.path)).toBe('left');
  expect(existsSync(`${target}.part.${process.ppid}.${uuid}`)).toBe(true);
});
