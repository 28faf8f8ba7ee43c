// @ts-check
/**
 * `node launch.js FILE ARGS`: runs a TypeScript file on the Node of node_modules, whatever Node runs this one.
 * `npm run` puts that Node first on PATH; this also works where it does not.
 */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED = 24;
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const [file = '', ...args] = process.argv.slice(2);

if (Number.parseInt(process.versions.node, 10) >= NEEDED) {
  process.argv.splice(1, 1);
  await import(pathToFileURL(file).href);
} else {
  const node = join(root, 'node_modules', '.bin', 'node');
  const child = spawn(node, [file, ...args], { stdio: 'inherit' });
  // The terminal signals the whole group; a signal sent to this process alone is passed on.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () =>
      process.stdin.isTTY && signal === 'SIGINT' ? undefined : child.kill(signal),
    );
  }
  child.once('error', (error) => {
    process.stderr.write(`Cannot run ${node}: ${error.message}. Run npm ci.\n`);
    process.exitCode = 1;
  });
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? (signal === null ? 1 : 130);
  });
}
