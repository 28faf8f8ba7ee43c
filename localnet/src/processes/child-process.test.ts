import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type ChildOptions, startChild } from './child-process.ts';
import { claimPort, freePort } from './free-port.ts';
import { pollUntil } from './poll-until.ts';

function setup(script: string, more: Partial<ChildOptions> = {}): ChildOptions {
  const directory = mkdtempSync(join(tmpdir(), 'assay-child-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const logFile = join(directory, 'logs', 'child.log');
  const ready = (signal: AbortSignal) =>
    pollUntil(async () => readFileSync(logFile, 'utf8').includes('ready'), signal, 5);
  const args = ['-e', `const { writeFileSync } = require('node:fs');\n${script}`];
  return {
    name: 'sample',
    command: process.execPath,
    args,
    logFile,
    ready,
    cwd: directory,
    ...more,
  };
}

const IDLE = 'setInterval(() => {}, 1000); console.log("ready");';

test('stops a child with SIGINT, so that it can finish by itself', async () => {
  const options = setup(
    `process.on('SIGINT', () => { writeFileSync('goodbye', ''); process.exit(0); });${IDLE}`,
  );
  const child = await startChild(options);

  await child.stop();

  expect(await child.exited).toEqual({ code: 0, signal: null });
  expect(existsSync(join(options.cwd ?? '', 'goodbye'))).toBe(true);
});

test('kills a child that ignores SIGINT, and what it started', async () => {
  const child = await startChild(
    setup(
      `process.on('SIGINT', () => {});
       const { spawn } = require('node:child_process');
       const inner = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
       console.log('inner ' + inner.pid); ${IDLE}`,
      { graceMs: 50 },
    ),
  );
  const inner = Number(/inner (\d+)/.exec(readFileSync(child.logFile, 'utf8'))?.[1]);

  await child.stop();

  expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
  await pollUntil(async () => !isAlive(inner), AbortSignal.timeout(5_000));
});

test('says which child died early, and its last words', async () => {
  const starting = startChild(setup('console.error("the disk is full"); process.exit(3);'));

  await expect(starting).rejects.toMatchObject({
    code: 'N902',
    details: { process: 'sample', code: 3 },
    hint: expect.stringContaining('the disk is full'),
  });
});

test('says which child was not ready in time, and ends it', async () => {
  const options = setup('console.log(process.pid); setInterval(() => {}, 1000);', {
    readyTimeoutMs: 500,
  });

  await expect(startChild(options)).rejects.toMatchObject({
    code: 'N900',
    details: { process: 'sample' },
  });
  expect(isAlive(Number(readFileSync(options.logFile, 'utf8')))).toBe(false);
});

test('tells when a child dies later', async () => {
  const child = await startChild(setup(IDLE));

  process.kill(child.pid, 'SIGKILL');

  expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
  await child.stop();
});

test('says that a program is missing', async () => {
  const starting = startChild(setup('', { command: '/nowhere/program' }));

  await expect(starting).rejects.toMatchObject({ details: { process: 'sample' } });
});

test('refuses to take a stranger on the port for its own child', async () => {
  const port = await freePort();
  const listen = `require('node:net').createServer().listen(${port}, '127.0.0.1', () => console.log('ready'));`;
  const stranger = await startChild(setup(listen, { ports: [port] }));

  await expect(startChild(setup(IDLE, { ports: [port] }))).rejects.toMatchObject({
    code: 'N901',
    details: { process: 'sample', port },
  });
  await expect(claimPort('sample', port)).rejects.toMatchObject({ code: 'N901' });

  await stranger.stop();
});

test('takes its child along when it is killed itself', async () => {
  const outer = await startChild(
    setup(`
      (async () => {
        const { startChild } = await import(${JSON.stringify(import.meta.resolve('./child-process.ts'))});
        const child = await startChild({
          name: 'inner', command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'],
          logFile: 'inner.log', ready: async () => {},
        });
        console.log('inner ' + child.pid); ${IDLE}
      })();`),
  );
  const inner = Number(/inner (\d+)/.exec(readFileSync(outer.logFile, 'utf8'))?.[1]);
  expect(isAlive(inner)).toBe(true);

  process.kill(outer.pid, 'SIGKILL');

  await pollUntil(async () => !isAlive(inner), AbortSignal.timeout(5_000));
});

function isAlive(pid: number): boolean {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1);
    return !state?.startsWith('Z');
  } catch {
    return false;
  }
}
