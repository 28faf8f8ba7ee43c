import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tiedToParent } from '@assay/localnet/processes';
import { expect, onTestFinished, test } from 'vitest';

const ROOT = new URL('../../', import.meta.url).pathname;
const MAIN = ['localnet/bootstrap/launch.js', 'localnet/src/main.ts'];
const PATIENCE = { timeout: 300_000 };

/** `npm start` with options, in a directory of its own. */
function start(...options: string[]) {
  const dir = mkdtempSync(join(tmpdir(), 'assay-cli-'));
  const [file, ...args] = tiedToParent([process.execPath, ...MAIN, '--dir', dir, ...options]);
  const child = spawn(file, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  });
  let said = '';
  const heard: (() => void)[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      for (const listener of heard) listener();
    });
  }
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const says = async (text: string) => {
    const spoken = new Promise<void>((resolve) => {
      const listener = () => said.includes(text) && resolve();
      heard.push(listener);
      listener();
    });
    await Promise.race([spoken, exited.then(() => Promise.reject(new Error(said)))]);
  };
  return {
    pid: child.pid ?? 0,
    dir,
    exited,
    says,
    said: () => said,
    signal: (name: NodeJS.Signals) => child.kill(name),
  };
}

/** All processes below one, by what they run. */
function descendants(pid: number): Map<number, string> {
  const found = new Map<number, string>();
  for (const name of readdirSync('/proc')) {
    const file = `/proc/${name}/stat`;
    if (!/^\d+$/.test(name) || !existsSync(file)) continue;
    const parent = Number(/\) \S (\d+)/.exec(readFileSync(file, 'utf8'))?.[1]);
    if (parent !== pid) continue;
    found.set(Number(name), readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' '));
    for (const [child, command] of descendants(Number(name))) found.set(child, command);
  }
  return found;
}

const alive = (pids: Iterable<number>) => [...pids].filter((pid) => existsSync(`/proc/${pid}`));

test('Ctrl-C stops everything and leaves no process behind', PATIENCE, async () => {
  const network = start('--no-jobs');
  await network.says('Ctrl-C stops everything');
  const children = descendants(network.pid);

  network.signal('SIGINT');

  expect(await network.exited).toBe(0);
  expect(children.size).toBeGreaterThan(8);
  expect(alive(children.keys())).toEqual([]);
});

test(
  'a part that dies is named, the rest is stopped, and the exit code says so',
  PATIENCE,
  async () => {
    const network = start('--no-jobs');
    await network.says('Ctrl-C stops everything');
    const children = descendants(network.pid);
    const [anvil] = [...children].find(([, command]) => command.includes('anvil')) ?? [];

    process.kill(anvil ?? 0, 'SIGKILL');

    expect(await network.exited).toBe(1);
    expect(network.said()).toMatch(/N902 .*\nanvil: was ended by SIGKILL/);
    expect(alive(children.keys())).toEqual([]);
  },
);

test('killed outright it takes its children along', PATIENCE, async () => {
  const network = start('--no-jobs');
  await network.says('contracts');
  const children = descendants(network.pid);

  network.signal('SIGKILL');
  await network.exited;

  await expect.poll(() => alive(children.keys()), { timeout: 20_000 }).toEqual([]);
});

test('a taken port is a clear error that names it', PATIENCE, async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;

  const network = start('--once', '--port', `${port}`);

  expect(await network.exited).toBe(1);
  expect(network.said()).toContain(`gateway: port ${port} is taken`);
});

test('a directory in use is a clear error that names the process', PATIENCE, async () => {
  const network = start('--no-jobs');
  await network.says('redis');

  const second = start('--once', '--dir', network.dir);

  expect(await second.exited).toBe(1);
  expect(second.said()).toContain(`process ${network.pid}`);
  network.signal('SIGINT');
  expect(await network.exited).toBe(0);
});
