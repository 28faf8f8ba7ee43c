import { type Address, AssayError, signerOf } from '@assay/wire';
import type { Command } from 'commander';
import { type Chain, createChain } from '../chain/chain.ts';
import { openKey } from '../keys/open-key.ts';
import { type LoadedConfig, loadConfig } from '../load-config.ts';
import { chainEarnings } from '../settlement/chain-earnings.ts';
import { type EarningsReport, reportEarnings } from '../settlement/report-earnings.ts';
import { openJournal } from '../store/journal.ts';
import { identifyProvider } from '../supervisor/identify-provider.ts';
import { askRunning } from './ask-running.ts';
import { CONFIG_OPTION, type ConfigOption } from './config-option.ts';
import { type EarningsFacts, showEarnings } from './show-earnings.ts';

/** earnings: what the jobs brought, by day, model and gateway. */
export function addEarningsCommand(program: Command, environment: NodeJS.ProcessEnv): void {
  program
    .command('earnings')
    .description('what jobs brought by day, model and gateway; what was claimed and withdrawn')
    .option(...CONFIG_OPTION)
    .option('--json', 'as JSON', false)
    .action(async ({ config, json }: ConfigOption & { json: boolean }) => {
      const facts = await earningsOf(loadConfig(config), environment);
      console.log(json ? asJson(facts) : showEarnings(facts));
    });
}

async function earningsOf(
  config: LoadedConfig,
  environment: NodeJS.ProcessEnv,
): Promise<EarningsFacts> {
  const answer = await askRunning(config.dataDir, 'GET', '/earnings');
  const report = (answer as EarningsReport | undefined) ?? (await fromJournal(config));
  const { deployment, rpcUrls, timeoutMs } = config.chain;
  const chain = createChain({ rpcUrls, chainId: deployment.chainId, timeoutMs });
  try {
    const provider = await ownAddress(config, environment, chain);
    return { ...report, onChain: await chainEarnings(chain, deployment, provider) };
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    return { ...report, onChain: { unknown: `${error.code} ${error.message}` } };
  } finally {
    chain.close();
  }
}

async function fromJournal({ dataDir }: LoadedConfig): Promise<EarningsReport> {
  const journal = openJournal(dataDir);
  try {
    return await reportEarnings(journal);
  } finally {
    journal.close();
  }
}

async function ownAddress(
  config: LoadedConfig,
  environment: NodeJS.ProcessEnv,
  chain: Chain,
): Promise<Address> {
  if (config.keys.provider !== undefined) return config.keys.provider;
  const { address } = signerOf(await openKey(config.keys.receiptKey, environment));
  return identifyProvider({ chain, deployment: config.chain.deployment }, address, undefined);
}

const asJson = (value: unknown): string =>
  JSON.stringify(value, (_, field: unknown) => (typeof field === 'bigint' ? `${field}` : field), 2);
