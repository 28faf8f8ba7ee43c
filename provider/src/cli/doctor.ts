import { freemem } from 'node:os';
import { type Address, AssayError, type FrameMeta, signerOf } from '@assay/wire';
import { machineClass } from '../bundle/machine-class.ts';
import { createChain } from '../chain/chain.ts';
import { openKey } from '../keys/open-key.ts';
import { askChallenge } from '../link/ask-challenge.ts';
import type { LoadedConfig } from '../load-config.ts';
import { bundleStoreIn, resolveModel, runtimeOf } from '../supervisor/load-offers.ts';
import { probeProviders } from '../supervisor/slots/probe-providers.ts';
import type { Finding, Visit } from './doctor-finding.ts';
import { checkStanding } from './doctor-standing.ts';

const SKEW_MS = 5_000;

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
  const visit: Visit = { config, environment, chain, add };
  try {
    const reachable = await checkEndpoints(visit);
    const key = await checkKey(visit);
    if (reachable && key) await checkStanding(visit, key);
    await checkRuntime(visit);
    if (reachable) await checkModels(visit);
    await checkMarketplaces(visit);
    return healthy;
  } finally {
    chain.close();
  }
}

async function checkEndpoints({ config, chain, add }: Visit): Promise<boolean> {
  const { chainId, contracts } = config.chain.deployment;
  let good = 0;
  for (const { url, error, chainId: found, block } of await chain.health()) {
    const subject = `RPC ${url}`;
    if (error !== undefined)
      add({
        verdict: 'warn',
        subject,
        found: error,
        fix: 'Start it, or replace it in chain.rpcUrls.',
      });
    else if (found !== chainId)
      add({
        verdict: 'fail',
        subject,
        found: `chain ${found}, the deployment is on ${chainId}`,
        fix: 'Use an endpoint of the right chain.',
      });
    else {
      good += 1;
      add({ verdict: 'ok', subject, found: `chain ${found}, block ${block}` });
    }
  }
  if (good === 0) {
    add({
      verdict: 'fail',
      subject: 'chain',
      found: 'no endpoint answers',
      fix: 'Correct chain.rpcUrls.',
    });
    return false;
  }
  const code = await chain.read((rpc) => rpc.getCode(contracts.SessionEscrow));
  if (code !== '0x') return true;
  add({
    verdict: 'fail',
    subject: 'contracts',
    found: `no code at ${contracts.SessionEscrow}`,
    fix: 'chain.deployment is of another network: use the right file.',
  });
  return false;
}

async function checkKey({ config, environment, add }: Visit): Promise<Address | undefined> {
  try {
    const { address } = signerOf(await openKey(config.keys.receiptKey, environment));
    add({ verdict: 'ok', subject: 'receipt key', found: address });
    return address;
  } catch (error) {
    add({
      verdict: 'fail',
      subject: 'receipt key',
      found: reason(error),
      fix: 'Correct keys.receiptKey; `assay-provider init` makes a new one.',
    });
    return undefined;
  }
}

/** Creates a session in a child: the runtime's own list says what it was built with, not what works here. */
async function checkRuntime({ config, add }: Visit): Promise<void> {
  const { executionProvider: name } = config.runtime;
  const [probe] = await probeProviders([name]);
  const subject = `runtime ${name}`;
  if (probe?.works) {
    add({ verdict: 'ok', subject, found: `works; class ${machineClass(runtimeOf(config))}` });
    return;
  }
  const fix =
    'Install its drivers and the runtime that brings it (`npx onnxruntime-node-install`), or set runtime.executionProvider to cpu.';
  add({ verdict: 'fail', subject, found: probe?.reason ?? 'does not start', fix });
}

async function checkModels({ config, chain, add }: Visit): Promise<void> {
  const store = bundleStoreIn(config.dataDir);
  let memory = 0;
  for (const model of config.models) {
    try {
      const { bundle, modelId } = await resolveModel(model, {
        chain,
        deployment: config.chain.deployment,
        store,
        runtime: runtimeOf(config),
      });
      memory += bundle.manifest.peakMemoryBytes;
      add({
        verdict: 'ok',
        subject: `model ${bundle.manifest.name}`,
        found: `files match, id ${modelId}`,
      });
    } catch (error) {
      add({
        verdict: 'fail',
        subject: `model ${model.bundle}`,
        found: reason(error),
        fix: error instanceof AssayError ? error.hint : 'See the error.',
      });
    }
  }
  const needed = memory + config.slots.spare * 60 * 1024 ** 2;
  const found = `${Math.round(needed / 1024 ** 2)} MiB wanted, ${Math.round(freemem() / 1024 ** 2)} MiB free`;
  if (needed <= freemem()) add({ verdict: 'ok', subject: 'memory', found });
  else
    add({
      verdict: 'warn',
      subject: 'memory',
      found,
      fix: 'Serve fewer models, or lower slots.spare.',
    });
}

async function checkMarketplaces({ config, add }: Visit): Promise<void> {
  for (const { url, gateway } of config.marketplaces) {
    const subject = `marketplace ${new URL(url).host}`;
    let challenge: FrameMeta<'challenge'>;
    try {
      challenge = await askChallenge(url);
    } catch (error) {
      add({
        verdict: 'fail',
        subject,
        found: reason(error),
        fix: 'Check the url, the network and the firewall; only outgoing connections are needed.',
      });
      continue;
    }
    add(judgeChallenge(challenge, subject, { config, gateway }));
    const skew = Date.now() - challenge.time;
    if (Math.abs(skew) > SKEW_MS)
      add({
        verdict: 'fail',
        subject: 'clock',
        found: `${skew} ms off the gateway’s`,
        fix: 'Set the time: turn NTP on.',
      });
    else add({ verdict: 'ok', subject: 'clock', found: `${skew} ms off the gateway’s` });
  }
}

function judgeChallenge(
  challenge: FrameMeta<'challenge'>,
  subject: string,
  { config, gateway }: { config: LoadedConfig; gateway: Address | undefined },
): Finding {
  const { chainId, contracts } = config.chain.deployment;
  if (challenge.chainId !== chainId || challenge.escrow !== contracts.SessionEscrow)
    return {
      verdict: 'fail',
      subject,
      found: `chain ${challenge.chainId}, escrow ${challenge.escrow}`,
      fix: 'The marketplace is of another network than chain.deployment.',
    };
  if (gateway !== undefined && gateway !== challenge.gateway)
    return {
      verdict: 'fail',
      subject,
      found: `gateway ${challenge.gateway}`,
      fix: 'Correct marketplaces[].gateway, if you trust this one.',
    };
  return { verdict: 'ok', subject, found: `gateway ${challenge.gateway}` };
}

function reason(error: unknown): string {
  if (error instanceof AssayError)
    return [error.message, ...Object.values(error.details).map(String)].join(' ').slice(0, 300);
  return String((error as Error)?.message ?? error).slice(0, 300);
}
