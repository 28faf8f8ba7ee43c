import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { MIRROR_BYTES } from '../../inference/arena.ts';
import type { RuntimeOptions } from '../../inference/messages.ts';
import { type Child, startChild } from './child-process.ts';
import { limitMemory } from './limit-memory.ts';

export interface NurseryOptions {
  readonly spare: number;
  readonly modelsDir: string;
  readonly runDir: string;
  readonly maxMemoryBytes: number;
  readonly arenaDirectory?: string | undefined;
  readonly runtime?: RuntimeOptions;
  readonly log: Logger;
}

/** Keeps started children without a model, so that replacing a killed one costs only its load. */
export interface Nursery {
  readonly spares: number;
  /** A started child whose RLIMIT_DATA leaves `memoryBytes` for a model. */
  take(memoryBytes: number): Promise<Child>;
  refill(): void;
  close(): Promise<void>;
}

/** What node itself may still grow by, over what it has mapped when it is ready, and its copy of large inputs. */
const NODE_GROWTH = 128 * 1024 ** 2 + MIRROR_BYTES;
/** Node's own mappings when it is ready, generously. */
const NODE_START = 1024 ** 3;

export function createNursery({
  spare,
  modelsDir,
  runDir,
  maxMemoryBytes,
  arenaDirectory,
  log,
  runtime,
}: NurseryOptions): Nursery {
  const tf32 = runtime && runtime.executionProvider !== 'cpu' ? runtime.tf32 : undefined;
  const emptyDir = join(runDir, 'empty');
  mkdirSync(emptyDir, { recursive: true, mode: 0o555 });
  const spares = new Set<Child>();
  const alive = new Set<Child>();
  let closing = false;

  function start(): Child {
    const child = startChild({
      modelsDir,
      emptyDir,
      dataLimitBytes: NODE_START + maxMemoryBytes,
      arenaDirectory,
      tf32,
      log,
    });
    alive.add(child);
    void child.exited.then(() => {
      alive.delete(child);
      spares.delete(child);
    });
    return child;
  }

  return {
    get spares() {
      return spares.size;
    },
    async take(memoryBytes) {
      const [waiting] = spares;
      if (waiting) spares.delete(waiting);
      const child = waiting ?? start();
      const used = await child.ready;
      const reason =
        used > 0
          ? await limitMemory(child.pid, used + NODE_GROWTH + memoryBytes)
          : 'the system does not say what the child has mapped';
      if (reason !== undefined)
        log.warn({ pid: child.pid, maxMemoryBytes, reason }, 'memory limit not narrowed');
      return child;
    },
    refill() {
      while (!closing && spares.size < spare) spares.add(start());
    },
    async close() {
      closing = true;
      const all = [...alive];
      for (const child of all) child.kill('close');
      await Promise.all(all.map((child) => child.exited));
    },
  };
}
