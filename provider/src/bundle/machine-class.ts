import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch } from 'node:os';
import type { RuntimeOptions } from '../inference/messages.ts';

/** Instruction sets that change rounding on x64, best first; the runtime picks by the same flags. */
const X64_SETS = [
  ['avx512', /\bavx512f\b/],
  ['avx2', /\bavx2\b/],
  ['avx', /\bavx\b/],
] as const;

/** Name of the execution class this machine computes in, e.g. `onnxruntime-1.30.0/cpu/x64-avx2/all`. */
export function machineClass(
  { executionProvider, optimisation, tf32 }: RuntimeOptions,
  cpuInfo: string = readCpuInfo(),
): string {
  const hardware = executionProvider === 'cpu' ? instructionSet(cpuInfo) : tf32 ? 'tf32' : 'fp32';
  return `onnxruntime-${runtimeVersion()}/${executionProvider}/${hardware}/${optimisation}`;
}

function instructionSet(cpuInfo: string): string {
  if (arch() !== 'x64') return arch();
  return `x64-${X64_SETS.find(([, flag]) => flag.test(cpuInfo))?.[0] ?? 'sse'}`;
}

function readCpuInfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}

/** Read from the package, because the supervisor never loads the runtime. */
function runtimeVersion(): string {
  const require = createRequire(import.meta.url);
  const { version } = require('onnxruntime-node/package.json') as { version: string };
  return version;
}
