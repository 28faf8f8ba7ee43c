import { expect, test } from 'vitest';
import { missingPackages } from './missing-packages.js';
import { platformProblems } from './platform.js';
import { bar, startProgress } from './progress.js';
import { redisPlan, redisVersion } from './redis-plan.js';

const machine = { platform: 'linux', arch: 'x64', glibc: '2.36', nodeVersion: '20.20.2' };
const facts = {
  redisUrl: undefined,
  serverVersion: undefined,
  isRoot: false,
  hasAptGet: false,
  hasSudo: false,
  hasBrew: false,
  interactive: false,
};

test('accepts Linux x64 with glibc and Node 20', () => {
  expect(platformProblems(machine)).toEqual([]);
});

test.each([
  ['an old Node', { nodeVersion: '18.1.0' }, /Node 18.1.0 is too old/],
  ['macOS', { platform: 'darwin', arch: 'arm64' }, /this is darwin arm64/],
  ['musl', { glibc: undefined }, /needs glibc/],
])('says what is wrong with %s', (_, difference, problem) => {
  expect(platformProblems({ ...machine, ...difference }).join('\n')).toMatch(problem);
});

test('finds absent packages and other versions, not what belongs to another platform', () => {
  const lockfile = {
    packages: {
      '': {},
      'protocol/wire': { version: '0.1.0' },
      'node_modules/zod': { version: '4.1.0' },
      'node_modules/pg': { version: '8.0.0' },
      'node_modules/ws': { version: '8.1.0' },
      'node_modules/fsevents': { version: '2.0.0', os: ['darwin'] },
      'node_modules/gnd': { version: '1.0.0', optional: true },
      'node_modules/not-here': { version: '1.0.0', os: ['!linux'] },
      'node_modules/@assay/wire': { link: true },
    },
  };
  const installed = {
    packages: {
      'node_modules/zod': { version: '4.1.0' },
      'node_modules/pg': { version: '7.0.0' },
      'node_modules/@assay/wire': { link: true },
    },
  };

  expect(missingPackages(lockfile, installed, machine)).toEqual([
    'node_modules/pg',
    'node_modules/ws',
  ]);
});

test('an empty node_modules misses everything', () => {
  expect(
    missingPackages({ packages: { 'node_modules/a': { version: '1.0.0' } } }, {}, machine),
  ).toEqual(['node_modules/a']);
});

test('REDIS_URL comes before the redis-server on PATH', () => {
  expect(redisPlan({ ...facts, redisUrl: 'redis://elsewhere', serverVersion: '7.0.15' })).toEqual({
    kind: 'use',
    what: 'REDIS_URL',
  });
});

test('refuses a Redis older than 7 and says where to get one', () => {
  expect(redisPlan({ ...facts, serverVersion: '6.0.16' })).toMatchObject({
    kind: 'refuse',
    reason: expect.stringMatching(/6\.0\.16 is too old.*REDIS_URL/),
  });
});

test.each([
  ['root with apt-get', { hasAptGet: true, isRoot: true }, 'apt-get'],
  ['sudo without a password', { hasAptGet: true, hasSudo: true }, 'sudo'],
  ['brew', { hasBrew: true }, 'brew'],
])('installs through %s, asking only at a terminal', (_, difference, command) => {
  const unattended = redisPlan({ ...facts, ...difference });
  const attended = redisPlan({ ...facts, ...difference, interactive: true });

  expect(unattended).toMatchObject({ kind: 'install', ask: false });
  expect(attended).toMatchObject({ kind: 'install', ask: true });
  expect(unattended.kind === 'install' && unattended.commands[0]?.[0]).toBe(command);
});

test('without rights or package manager it says what to do', () => {
  expect(redisPlan({ ...facts, hasAptGet: true })).toMatchObject({
    kind: 'refuse',
    reason: expect.stringMatching(/apt-get install redis-server.*REDIS_URL/),
  });
});

test('reads the version of redis-server', () => {
  expect(redisVersion('Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0')).toBe('7.0.15');
  expect(redisVersion('command not found')).toBeUndefined();
});

test('progress redraws one line on a terminal and writes a line now and then elsewhere', () => {
  let clock = 0;
  const record = (isTTY: boolean) => {
    const lines: string[] = [];
    const out = { isTTY, write: (text: string) => lines.push(text) };
    const progress = startProgress('Installing', out, () => clock);
    for (clock = 0; clock <= 20_000; clock += 5_000) progress.update(clock / 5_000, 4);
    progress.end('4 packages');
    clock = 0;
    return lines;
  };

  expect(record(true).filter((line) => line.endsWith('\n'))).toHaveLength(1);
  expect(record(false)).toEqual([
    'Installing ...\n',
    'Installing: 2 of 4, 10 s\n',
    'Installing: 4 of 4, 20 s\n',
    'Installing: 4 packages (25 s)\n',
  ]);
  expect(bar(1, 2)).toBe('[############............] 1/2');
});
