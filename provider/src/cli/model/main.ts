#!/usr/bin/env node
import { pasteable } from '../own-commands.ts';
import { printError } from '../print-error.ts';
import { buildModelProgram } from './program.ts';

const start = { argv: process.argv, environment: process.env, cwd: process.cwd() };
try {
  await buildModelProgram(start).parseAsync();
} catch (error) {
  console.error(pasteable(printError(error), start));
  process.exitCode = 1;
}
