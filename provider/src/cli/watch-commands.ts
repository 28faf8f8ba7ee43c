import { AssayError } from '@assay/wire';
import type { Command } from 'commander';
import { createChain } from '../chain/chain.ts';
import { type LoadedConfig, loadConfig } from '../load-config.ts';
import type { describeStatus } from '../supervisor/describe-status.ts';
import { bundleStoreIn, resolveModel, runtimeOf } from '../supervisor/load-offers.ts';
import { askRunning } from './ask-running.ts';
import { benchModels } from './bench-models.ts';
import { CONFIG_OPTION, type ConfigOption } from './config-option.ts';
import { pasteable, type Start } from './own-commands.ts';
import { short, table, usd } from './show.ts';
import { showDownload } from './show-download.ts';
import { type WhyNot, whyNotSelected } from './why-not-selected.ts';

type Status = ReturnType<typeof describeStatus>;

/** models, bench, status, drain. */
export function addWatchCommands(program: Command, start: Start): void {
  program
    .command('models')
    .description('the configured models: files checked, ids computed')
    .option(...CONFIG_OPTION)
    .action(async ({ config }: ConfigOption) => console.log(await listModels(loadConfig(config))));

  program
    .command('bench')
    .description('load each model as `start` would and show what it does on this machine')
    .option(...CONFIG_OPTION)
    .action(async ({ config }: ConfigOption) => console.log(await benchModels(loadConfig(config))));

  program
    .command('status')
    .description('how the running provider stands, and why it may not be selected')
    .option(...CONFIG_OPTION)
    .option('--json', 'as JSON', false)
    .action(async ({ config: file, json }: ConfigOption & { json: boolean }) => {
      const config = loadConfig(file);
      const status = await running(config, 'GET', '/status');
      const why = await whyNotSelected(status, config.marketplaces);
      const reasons = why.reasons.map(({ fix, ...rest }) => ({
        ...rest,
        fix: pasteable(fix, start),
      }));
      const found = { ...why, reasons };
      console.log(
        json ? JSON.stringify({ ...status, ...found }, null, 2) : showStatus(status, found),
      );
    });

  program
    .command('drain')
    .description('take no more jobs; finish those that run')
    .option(...CONFIG_OPTION)
    .action(async ({ config }: ConfigOption) => {
      const { running: left } = await running(loadConfig(config), 'POST', '/drain');
      const rest =
        left === 0
          ? 'nothing runs: stop it'
          : `${left} attempt(s) still run; stop it when \`assay-provider status\` shows none`;
      console.log(pasteable(`draining, ${rest}`, start));
    });
}

async function running(
  config: LoadedConfig,
  method: 'GET' | 'POST',
  path: string,
): Promise<Status> {
  const answer = await askRunning(config.dataDir, method, path);
  if (answer !== undefined) return answer as Status;
  throw new AssayError('P324', { details: { dataDir: config.dataDir } });
}

function showStatus(status: Status, why: WhyNot): string {
  const { slots, money } = status;
  return [
    `provider ${status.provider}, ${status.state}; ${slots.busy} of ${slots.count} slots busy, ${slots.queued} queued, ${slots.kills} killed`,
    '',
    table([
      ['marketplace', 'link', 'gateway'],
      ...status.links.map(({ url, state, gateway, lastProblem }) => [
        url,
        lastProblem && state !== 'up' ? `${state}: ${lastProblem}` : state,
        gateway ?? '',
      ]),
    ]),
    '',
    table([
      ['model', 'price', 'ceiling', 'ms per unit', 'batch'],
      ...status.models.map(({ name, price, ceiling, profile }) => [
        name,
        `${price}`,
        `${ceiling}`,
        (profile?.msPerUnit ?? 0).toFixed(2),
        `${profile?.maxBatch ?? 1}`,
      ]),
    ]),
    '',
    `earned ${usd(money.earned)} in ${money.jobs} job(s); vouched ${usd(money.vouched)}; claimed ${usd(money.claimed)}`,
    `at risk: ${usd(money.unvouchered)} without a voucher, ${usd(money.unclaimed)} vouched but not claimed`,
    '',
    showEnergy(status.energy),
    '',
    showWhyNot(why),
  ].join('\n');
}

function showEnergy({ method, confidence, joulesPerUnit, grid }: Status['energy']): string {
  const joules =
    joulesPerUnit === undefined
      ? 'no joules a unit yet'
      : `${joulesPerUnit.toPrecision(3)} J a unit`;
  const grams = grid
    ? `${grid.gramsPerKwh} g CO2/kWh (${grid.method}: ${grid.confidence})`
    : 'grid not known';
  return `energy: ${method}, ${joules} (${confidence}); ${grams}`;
}

function showWhyNot({ reasons, standings, unasked }: WhyNot): string {
  const shown = standings.map(
    ({ host, score, trust, stake, unmatured }) =>
      `${host} shows: score ${score?.toFixed(2) ?? 'none'}, trust ${trust?.toFixed(2) ?? 'none'}, ${stake ?? 'unknown'} staked, ${unmatured ?? 'unknown'} earned and not matured`,
  );
  const offline = unasked.map(
    ({ host, reason }) =>
      `${host} could not be asked (${reason}): of it only local facts are known`,
  );
  const lines = reasons.flatMap(({ why, fix }) => [`  - ${why}`, `      → ${fix}`]);
  const head =
    reasons.length > 0
      ? 'why it may not be selected, the weightiest first:'
      : `nothing ${unasked.length > 0 ? 'here ' : ''}keeps jobs away: selection is a matter of price, measured speed, trust and stake`;
  return [...shown, ...offline, head, ...lines].join('\n');
}

async function listModels(config: LoadedConfig): Promise<string> {
  const { deployment, rpcUrls, timeoutMs } = config.chain;
  const chain = createChain({ rpcUrls, chainId: deployment.chainId, timeoutMs });
  try {
    const rows = [['model', 'task', 'unit', 'price', 'class', 'id']];
    for (const model of config.models) {
      const { bundle, modelId, className } = await resolveModel(model, {
        chain,
        deployment,
        store: bundleStoreIn(config.dataDir),
        runtime: runtimeOf(config),
        onProgress: showDownload(),
      });
      const { name, version, task, unit } = bundle.manifest;
      rows.push([`${name} ${version}`, task, unit, `${model.price}`, className, short(modelId)]);
    }
    return table(rows);
  } finally {
    chain.close();
  }
}
