import { readFile, rename, writeFile } from 'node:fs/promises';
import { sha256, toHex } from '@assay/wire';
import { z } from 'zod';
import type { RuntimeOptions } from '../inference/messages.ts';
import { describeMachine, machineClass } from './machine-class.ts';
import { type ClassSelfTest, selfTestClass } from './self-test-class.ts';

const recordSchema = z.object({
  machine: z.string(),
  found: z.object({
    matrixProducts: z.enum(['fp32', 'reduced']),
    eightBitProducts: z.enum(['exact', 'saturate']),
    graph: z.enum(['optimised', 'as written']),
  }),
});

/**
 * The self-test, run once for each processor, runtime and options: a provider that starts again need not wait for it.
 * `file` keeps the last result; one that is missing, damaged or of another machine is replaced.
 */
export async function recallSelfTest(
  runtime: RuntimeOptions,
  file: string,
  run: (runtime: RuntimeOptions) => Promise<ClassSelfTest> = selfTestClass,
): Promise<ClassSelfTest> {
  const facts = JSON.stringify([machineClass(runtime), describeMachine(), runtime]);
  const machine = toHex(sha256(Buffer.from(facts)));
  const known = await read(file);
  if (known?.machine === machine) return known.found;
  const found = await run(runtime);
  const fresh = `${file}.${process.pid}`;
  await writeFile(fresh, JSON.stringify({ machine, found }));
  await rename(fresh, file);
  return found;
}

async function read(file: string): Promise<z.infer<typeof recordSchema> | undefined> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}
