/** `node scripts/test/main.ts GROUP`: runs the group's suites one after another; says at the end what failed and adds up. */
import { runSuite } from './run-suite.ts';
import { GROUPS } from './suites.ts';

const root = new URL('../../', import.meta.url).pathname;
const suites = GROUPS[process.argv[2] ?? 'test'];
if (suites === undefined) {
  console.error(`Give one of: ${Object.keys(GROUPS).join(', ')}.`);
  process.exit(2);
}

const lines: string[] = [];
const failed: string[] = [];
const total = { passed: 0, failed: 0 };
let stopped = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    stopped = true;
  });
}
for (const suite of suites) {
  if (stopped) break;
  console.log(`\n== ${suite.name}`);
  const startedAt = performance.now();
  const outcome = await runSuite(suite, root);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  lines.push(
    `${suite.name.padEnd(24)}${String(outcome.passed).padStart(6)} passed ${String(outcome.failed).padStart(4)} failed ${seconds.padStart(7)} s`,
  );
  failed.push(...outcome.failures.map((failure) => `${suite.name}: ${failure}`));
  total.passed += outcome.passed;
  total.failed += outcome.failed;
}

console.log(`\n${lines.join('\n')}\n`);
if (failed.length > 0) console.log(`Failed:\n${failed.join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = stopped || total.failed > 0 || total.passed === 0 ? 1 : 0;
