#!/usr/bin/env -S node --initial-heap-size=256
// Tensors lie outside the heap but count towards its limit: with V8's small first one, megabytes a job mean a full
// collection every other job, and half the supervisor's time. Memory in use stays what it was.
import { printError } from './cli/print-error.ts';
import { buildProgram } from './cli/program.ts';

try {
  await buildProgram(process.env).parseAsync();
} catch (error) {
  console.error(printError(error));
  process.exitCode = 1;
}
