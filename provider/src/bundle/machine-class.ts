import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch } from 'node:os';
import type { RuntimeOptions } from '../inference/messages.ts';
import { deviceName } from './device-name.ts';
import { multipliesEightBit } from './eight-bit-products.ts';

/** Instruction sets that change rounding on x64, best first; the runtime picks by the same flags. */
const X64_SETS = [
  ['avx512', /\bavx512f\b/],
  ['avx2', /\bavx2\b/],
  ['avx', /\bavx\b/],
] as const;

/** Without it unsigned times signed 8-bit products saturate, with it they are exact. */
const VNNI = /\bavx(512)?_vnni\b/;

export interface Machine {
  /** What the model is made of; only 8-bit products ask for VNNI in the name. */
  readonly ops?: readonly string[];
  readonly cpuInfo?: string;
  readonly device?: string;
}

/** Name of the execution class this machine computes a model in, e.g. `onnxruntime-1.30.0/cpu/x64-avx2/all`. */
export function machineClass(
  { executionProvider, optimisation, tf32 }: RuntimeOptions,
  machine: Machine = {},
): string {
  const hardware =
    executionProvider === 'cpu'
      ? instructionSet(machine)
      : `${machine.device ?? deviceName()}-${tf32 ? 'tf32' : 'fp32'}`;
  return `onnxruntime-${runtimeVersion()}/${executionProvider}/${hardware}/${optimisation}`;
}

function instructionSet({ ops = [], cpuInfo = readCpuInfo() }: Machine): string {
  if (arch() !== 'x64') return arch();
  const set = X64_SETS.find(([, flag]) => flag.test(cpuInfo))?.[0] ?? 'sse';
  return `x64-${set}${ops.some(multipliesEightBit) && VNNI.test(cpuInfo) ? '-vnni' : ''}`;
}

/** What decides how this processor computes: its model and its flags, once. */
export function describeMachine(cpuInfo: string = readCpuInfo()): string {
  const line = (name: string): string =>
    new RegExp(`^${name}\\s*:.*$`, 'm').exec(cpuInfo)?.[0] ?? '';
  return [arch(), ...['vendor_id', 'model name', 'flags', 'Features', 'CPU part'].map(line)].join(
    '\n',
  );
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
