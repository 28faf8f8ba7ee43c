import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createChain } from '../chain/chain.ts';
import type { LoadedConfig } from '../load-config.ts';
import { bundleStoreIn, resolveModel, runtimeOf } from '../supervisor/load-offers.ts';
import { createSlotPool } from '../supervisor/slots/slot-pool.ts';
import { createLog } from '../telemetry/log.ts';
import { table } from './show.ts';
import { showDownload } from './show-download.ts';

/** The load-time profile of every model: what admission and the advertised speed rest on. */
export async function benchModels(config: LoadedConfig): Promise<string> {
  const { deployment, rpcUrls, timeoutMs } = config.chain;
  const chain = createChain({ rpcUrls, chainId: deployment.chainId, timeoutMs });
  const store = bundleStoreIn(config.dataDir);
  const runDir = join(config.dataDir, 'bench');
  mkdirSync(store.modelsDir, { recursive: true });
  mkdirSync(runDir, { recursive: true });
  const pool = createSlotPool({
    runtime: runtimeOf(config),
    slots: config.slots.count,
    maxMemoryBytes: config.slots.maxMemoryBytes,
    spare: 0,
    modelsDir: store.modelsDir,
    runDir,
    log: createLog('warn'),
  });
  try {
    const rows = [
      ['model', 'load ms', 'ms per run', 'ms per unit', 'units/s', 'best batch', 'MiB'],
    ];
    for (const model of config.models) {
      const { bundle, modelId } = await resolveModel(model, {
        chain,
        deployment,
        store,
        runtime: runtimeOf(config),
        onProgress: showDownload(),
      });
      const profile = await pool.load({
        modelId,
        directory: bundle.directory,
        manifest: bundle.manifest,
      });
      const perUnit =
        profile.msPerUnit + (bundle.manifest.unit === 'request' ? profile.msPerRun : 0);
      rows.push([
        bundle.manifest.name,
        profile.loadMs.toFixed(0),
        profile.msPerRun.toFixed(2),
        profile.msPerUnit.toFixed(3),
        perUnit > 0 ? (1000 / perUnit).toFixed(1) : '',
        `${profile.maxBatch}`,
        (profile.memoryBytes / 1024 ** 2).toFixed(0),
      ]);
    }
    return table(rows);
  } finally {
    chain.close();
    await pool.close();
  }
}
