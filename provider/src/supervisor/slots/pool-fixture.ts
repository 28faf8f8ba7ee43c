import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelIdOf } from '@assay/wire';
import { pino } from 'pino';
import { createBundleStore } from '../../bundle/bundle-store.ts';
import { createSlotPool } from './slot-pool.ts';
import type { LoadedBundle, SlotPool, SlotPoolOptions } from './slot-types.ts';

const MODELS = new URL('../../../models/', import.meta.url);
const PUBLISHER = '0x00000000000000000000000000000000000000aa';

export interface PoolFixture {
  readonly pool: SlotPool;
  readonly root: string;
  /** Imports a model of this repository (`silero-vad/6`) or any bundle directory, and loads it. */
  serve(directory: string): Promise<LoadedBundle>;
  import(directory: string): Promise<LoadedBundle>;
  close(): Promise<void>;
}

/** A pool on a directory of its own, for tests and benchmarks. */
export async function setupPool(options: Partial<SlotPoolOptions> = {}): Promise<PoolFixture> {
  const root = await mkdtemp(join(tmpdir(), 'assay-pool-'));
  // Unscanned: the attacks of the tests must reach the child.
  const store = createBundleStore(join(root, 'store'), { scan: false });
  const pool = createSlotPool({
    slots: 2,
    spare: 1,
    modelsDir: store.modelsDir,
    runDir: join(root, 'run'),
    log: pino({ level: 'silent' }),
    ...options,
  });
  async function bundleOf(directory: string): Promise<LoadedBundle> {
    const source = directory.startsWith('/') ? directory : new URL(directory, MODELS).pathname;
    const { manifest, manifestHash, directory: stored } = await store.importDirectory(source);
    return { modelId: modelIdOf(PUBLISHER, manifestHash), manifest, directory: stored };
  }
  return {
    pool,
    root,
    import: bundleOf,
    async serve(directory) {
      const bundle = await bundleOf(directory);
      await pool.load(bundle);
      return bundle;
    },
    async close() {
      await pool.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

export function fixture(name: string): Promise<Uint8Array> {
  return readFile(new URL(`fixtures/${name}`, MODELS));
}

export const soon = (ms = 20_000): { deadline: number } => ({ deadline: Date.now() + ms });
