#!/usr/bin/env -S node --initial-heap-size=256 --max-semi-space-size=1
// Tensors lie outside V8's heap but count towards its limits: with the usual ones a full collection is due every other
// job, for half of the supervisor's time. A small young generation gives most of them back before that.
import { printError } from './cli/print-error.ts';
import { buildProgram } from './cli/program.ts';

try {
  await buildProgram(process.env).parseAsync();
} catch (error) {
  console.error(printError(error));
  process.exitCode = 1;
}
