import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { machineClass } from '../bundle/machine-class.ts';
import { runtimeOf } from '../supervisor/load-offers.ts';
import { type ProbeResult, probeProviders } from '../supervisor/slots/probe-providers.ts';
import type { Finding, Visit } from './doctor-finding.ts';

/** Creates a session in a child: the runtime's own list says what it was built with, not what works here. */
export async function checkRuntime({ config, add }: Visit): Promise<void> {
  const [probe] = await probeProviders([config.runtime.executionProvider]);
  add(judgeProbe(probe, machineClass(runtimeOf(config))));
}

export function judgeProbe(probe: ProbeResult | undefined, className: string): Finding {
  const subject = `runtime ${probe?.name ?? 'cpu'}`;
  if (probe?.works) return { verdict: 'ok', subject, found: `works; class ${className}` };
  const found = probe?.reason ?? 'does not start';
  return { verdict: 'fail', subject, found, fix: fixFor(probe?.name ?? 'cpu') };
}

/** The package brings the CPU; the libraries for NVIDIA are fetched by a script of its own. */
function fixFor(name: ProbeResult['name']): string {
  const script = join(runtimeFolder(), 'script/install.js');
  if (name === 'cpu')
    return `Install the runtime again: node ${script}, or npm rebuild onnxruntime-node.`;
  const otherwise = 'or set runtime.executionProvider to cpu.';
  if (name === 'webgpu') return `Install a driver with Vulkan support, ${otherwise}`;
  return `Install the NVIDIA driver and CUDA 12, then the runtime’s libraries (linux/x64): node ${script} --onnxruntime-node-install=cuda12; ${otherwise}`;
}

const runtimeFolder = (): string =>
  dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
