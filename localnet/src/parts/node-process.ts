import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Child, startChild } from '../processes/child-process.ts';
import { nodeFlagsOf } from '../processes/node-flags-of.ts';

/** The project's root: every child runs there. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export interface NodeProcessOptions {
  name: string;
  /** TypeScript file relative to the root. */
  file: string;
  args?: readonly string[];
  /** Needed by files that load decorated classes. */
  tsx?: boolean;
  env?: Readonly<Record<string, string>>;
  logFile: string;
  ports?: readonly number[];
  ready: (signal: AbortSignal) => Promise<void>;
  readyTimeoutMs?: number;
  signal: AbortSignal;
}

/** One of Assay's own programs as a child, on the Node that runs this. */
export function startNodeProcess(options: NodeProcessOptions): Promise<Child> {
  const { name, file, args = [], tsx = false, env = {}, logFile, ready, signal } = options;
  return startChild({
    name,
    command: process.execPath,
    args: [...nodeFlagsOf(join(ROOT, file)), ...(tsx ? ['--import', 'tsx'] : []), file, ...args],
    cwd: ROOT,
    env: { NODE_ENV: 'production', ...env },
    logFile,
    ready,
    signal,
    readyTimeoutMs: options.readyTimeoutMs ?? 180_000,
    ...(options.ports && { ports: options.ports }),
  });
}
