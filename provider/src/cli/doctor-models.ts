import { AssayError } from '@assay/wire';
import {
  bundleStoreIn,
  type ConfiguredModel,
  resolveModel,
  runtimeOf,
} from '../supervisor/load-offers.ts';
import type { Visit } from './doctor-finding.ts';
import { doctorReason } from './doctor-reason.ts';

/** Brings every model's files in, once, and answers those that are right. */
export async function checkModels({ config, chain, add }: Visit): Promise<ConfiguredModel[]> {
  const context = {
    chain,
    deployment: config.chain.deployment,
    store: bundleStoreIn(config.dataDir),
    runtime: runtimeOf(config),
  };
  const resolved: ConfiguredModel[] = [];
  for (const model of config.models) {
    try {
      const one = await resolveModel(model, context);
      resolved.push(one);
      const subject = `model ${one.bundle.manifest.name}`;
      add({ verdict: 'ok', subject, found: `files match, id ${one.modelId}` });
    } catch (error) {
      add({
        verdict: 'fail',
        subject: `model ${model.bundle}`,
        found: doctorReason(error),
        fix:
          error instanceof AssayError
            ? error.hint
            : 'Correct models[].bundle, or leave the model out.',
      });
    }
  }
  return resolved;
}
