import { createChain } from '../chain/chain.ts';
import type { LoadedConfig } from '../load-config.ts';
import { checkChain } from './doctor-chain.ts';
import type { Finding, Visit } from './doctor-finding.ts';
import { checkKeys } from './doctor-keys.ts';
import { checkMachine } from './doctor-machine.ts';
import { checkMarketplaces } from './doctor-marketplaces.ts';
import { checkModels } from './doctor-models.ts';
import { checkOffers } from './doctor-offers.ts';
import { checkRuntime } from './doctor-runtime.ts';
import { checkStanding } from './doctor-standing.ts';
import { thisMachine } from './machine.ts';

/** Looks at everything a provider needs, and says how to mend what is missing. `report` hears each finding as it comes. */
export async function runDoctor(
  config: LoadedConfig,
  environment: NodeJS.ProcessEnv,
  report: (finding: Finding) => void,
): Promise<boolean> {
  const { deployment, rpcUrls, timeoutMs } = config.chain;
  const chain = createChain({ rpcUrls, chainId: deployment.chainId, timeoutMs });
  let healthy = true;
  const add = (finding: Finding): void => {
    healthy &&= finding.verdict !== 'fail';
    report(finding);
  };
  try {
    await examine({ config, environment, chain, machine: thisMachine(), add });
    return healthy;
  } finally {
    chain.close();
  }
}

async function examine(visit: Visit): Promise<void> {
  const reachable = await checkChain(visit);
  const key = await checkKeys(visit);
  const owner = reachable && key ? await checkStanding(visit, key) : undefined;
  await checkRuntime(visit);
  const models = reachable ? await checkModels(visit) : [];
  if (owner) await checkOffers(visit, models, owner);
  checkMachine(
    visit,
    models.map(({ bundle }) => bundle.manifest.peakMemoryBytes),
  );
  await checkMarketplaces(visit);
}
