#!/usr/bin/env node
import { printError } from '../print-error.ts';
import { buildModelProgram } from './program.ts';

try {
  await buildModelProgram(process.env).parseAsync();
} catch (error) {
  console.error(printError(error));
  process.exitCode = 1;
}
