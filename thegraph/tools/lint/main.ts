import { lintIndex } from './lint-index.ts';

const problems = lintIndex();
for (const problem of problems) process.stderr.write(`thegraph: ${problem}\n`);
process.stdout.write(`thegraph: ${problems.length} problems\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
