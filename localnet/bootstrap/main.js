// @ts-check
/**
 * Runs before `npm start` and `npm test`, on whatever Node the machine has and without any dependency:
 * checks the machine, installs the packages of package-lock.json if needed, and finds or installs Redis.
 */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BootstrapError } from './bootstrap-error.js';
import { installPackages } from './install-packages.js';
import { platformProblems, thisMachine } from './platform.js';
import { provideRedis } from './provide-redis.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const startedAt = Date.now();

try {
  const problems = platformProblems(thisMachine());
  if (problems.length > 0) throw new BootstrapError(problems.join('\n'));
  const redis = await provideRedis();
  const packages = await installPackages(root);
  const finishedAt = Date.now();
  const record = {
    finishedAt,
    ms: finishedAt - startedAt,
    detail: `packages ${packages}; ${redis}`,
  };
  writeFileSync(join(root, 'node_modules', '.assay-bootstrap.json'), JSON.stringify(record));
  process.stdout.write(`Ready: ${record.detail}.\n`);
} catch (error) {
  if (!(error instanceof BootstrapError)) throw error;
  process.stderr.write(`\nAssay cannot start: ${error.message}\n`);
  process.exitCode = 1;
}
