// @ts-check
import { spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import { BootstrapError } from './bootstrap-error.js';
import { startProgress } from './progress.js';
import { redisPlan, redisVersion } from './redis-plan.js';

/**
 * Makes sure there is a Redis to use; installs one if the machine has none.
 * @returns {Promise<string>} what will be used
 */
export async function provideRedis() {
  const plan = redisPlan(gatherFacts());
  if (plan.kind === 'use') return plan.what;
  if (plan.kind === 'refuse') throw new BootstrapError(plan.reason);
  if (plan.ask && !(await agrees(plan.commands))) {
    throw new BootstrapError(
      'redis-server is needed. Install it yourself, or set REDIS_URL to an empty database of a running Redis.',
    );
  }
  install(plan.commands);
  const version = installedVersion();
  if (version === undefined) {
    throw new BootstrapError(
      'redis-server was installed but is not on PATH. Add its directory to PATH.',
    );
  }
  const found = redisPlan({ ...gatherFacts(), serverVersion: version });
  if (found.kind === 'refuse') throw new BootstrapError(found.reason);
  return `redis-server ${version}, just installed`;
}

/** @returns {import('./redis-plan.js').RedisFacts} */
function gatherFacts() {
  return {
    redisUrl: process.env.REDIS_URL,
    serverVersion: installedVersion(),
    isRoot: process.getuid?.() === 0,
    hasAptGet: succeeds('apt-get', '--version'),
    hasSudo: succeeds('sudo', '-n', 'true'),
    hasBrew: succeeds('brew', '--version'),
    interactive: process.stdin.isTTY === true && process.stdout.isTTY === true && !process.env.CI,
  };
}

function installedVersion() {
  const { status, stdout } = spawnSync('redis-server', ['--version'], { encoding: 'utf8' });
  return status === 0 ? redisVersion(stdout) : undefined;
}

/** @param {string} command @param {string[]} args */
function succeeds(command, ...args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** @param {string[][]} commands */
async function agrees(commands) {
  const asked = commands.map((command) => command.join(' ')).join(' && ');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`Redis is not installed. Run "${asked}"? [Y/n] `);
  terminal.close();
  return /^(y(es)?)?$/i.test(answer.trim());
}

/** @param {string[][]} commands */
function install(commands) {
  const progress = startProgress('Installing redis-server');
  for (const [command = '', ...args] of commands) {
    const { status, stdout, stderr, error } = spawnSync(command, args, {
      encoding: 'utf8',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    // A package list that cannot be refreshed may still be good enough.
    if (status === 0 || args.includes('update')) continue;
    progress.end('failed');
    const said = `${stdout ?? ''}${stderr ?? ''}${error ?? ''}`.slice(-2000);
    throw new BootstrapError(
      `"${[command, ...args].join(' ')}" failed. Install redis-server yourself or set REDIS_URL. It said:\n${said}`,
    );
  }
  progress.end('done');
}
