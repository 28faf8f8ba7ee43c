// @ts-check
/**
 * Runs before `npm start` and `npm test`, on whatever Node the machine has and without any dependency:
 * checks the machine, installs the packages of package-lock.json if needed, and finds or installs Redis.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BootstrapError } from './bootstrap-error.js';
import { installPackages } from './install-packages.js';
import { platformProblems, thisMachine } from './platform.js';
import { provideRedis } from './provide-redis.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

try {
  const problems = platformProblems(thisMachine());
  if (problems.length > 0) throw new BootstrapError(problems.join('\n'));
  const redis = await provideRedis();
  const packages = await installPackages(root);
  process.stdout.write(`Ready: packages ${packages}; ${redis}.\n`);
} catch (error) {
  if (!(error instanceof BootstrapError)) throw error;
  process.stderr.write(`\nAssay cannot start: ${error.message}\n`);
  process.exitCode = 1;
}
