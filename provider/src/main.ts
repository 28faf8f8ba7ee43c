#!/usr/bin/env node
import { printError } from './cli/print-error.ts';
import { buildProgram } from './cli/program.ts';

try {
  await buildProgram(process.env).parseAsync();
} catch (error) {
  console.error(printError(error));
  process.exitCode = 1;
}
