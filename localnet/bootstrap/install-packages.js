// @ts-check
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BootstrapError } from './bootstrap-error.js';
import { missingPackages } from './missing-packages.js';
import { startProgress } from './progress.js';

const POLL_MS = 500;

/**
 * Runs `npm ci` unless node_modules is what package-lock.json asks for. A stamp with the lockfile's hash makes
 * the usual case one small read.
 * @param {string} root
 * @returns {Promise<'installed' | 'up to date'>}
 */
export async function installPackages(root) {
  const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const stamp = join(root, 'node_modules', '.assay-lock');
  const hash = createHash('sha256').update(lockText).digest('hex');
  if (readOr(stamp, '') === hash) return 'up to date';
  const lockfile = JSON.parse(lockText);
  const complete = missing(root, lockfile).length === 0;
  if (!complete) await npmCi(root, lockfile);
  writeFileSync(stamp, hash);
  return complete ? 'up to date' : 'installed';
}

/** @param {string} root @param {import('./missing-packages.js').Lockfile} lockfile */
function missing(root, lockfile) {
  const record = readOr(join(root, 'node_modules', '.package-lock.json'), '{}');
  return missingPackages(lockfile, JSON.parse(record), process);
}

/** @param {string} root @param {import('./missing-packages.js').Lockfile} lockfile */
async function npmCi(root, lockfile) {
  const paths = Object.keys(lockfile.packages ?? {}).filter((path) =>
    path.includes('node_modules/'),
  );
  const progress = startProgress('Installing packages');
  const timer = setInterval(() => progress.update(unpacked(root, paths), paths.length), POLL_MS);
  const { code, output } = await run(root).finally(() => clearInterval(timer));
  if (code !== 0) {
    progress.end('failed');
    throw new BootstrapError(
      `npm ci failed with code ${code}. Check the network and the registry (npm config get registry), then try again. npm said:\n${firstLines(output)}`,
    );
  }
  progress.end(`${unpacked(root, paths)} packages`);
}

/** npm says what is wrong first, and how it is called in general after that. @param {string} output */
function firstLines(output) {
  return output.trim().split('\n').slice(0, 12).join('\n');
}

/** @param {string} root @param {string[]} paths */
function unpacked(root, paths) {
  return paths.filter((path) => existsSync(join(root, path, 'package.json'))).length;
}

/** @param {string} root @returns {Promise<{ code: number | null, output: string }>} */
function run(root) {
  const npm = process.env.npm_execpath;
  const quiet = ['--no-progress', '--no-fund', '--no-audit', '--loglevel=error'];
  const [command, ...first] = npm ? [process.execPath, npm] : ['npm'];
  const child = spawn(/** @type {string} */ (command), [...first, 'ci', ...quiet], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its install script would fetch 300 MB of GPU libraries; whoever has a GPU runs that script by hand.
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
  });
  let output = '';
  const keep = (/** @type {Buffer} */ bytes) => {
    output = (output + bytes.toString()).slice(0, 20_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: -1, output: String(error) }));
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** @param {string} file @param {string} otherwise */
function readOr(file, otherwise) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
}
