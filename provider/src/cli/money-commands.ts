import type { Command } from 'commander';
import { openOwnerKey } from '../keys/open-owner-key.ts';
import { loadConfig } from '../load-config.ts';
import { askRunning } from './ask-running.ts';
import { CONFIG_OPTION, type ConfigOption } from './config-option.ts';
import { confirm } from './confirm.ts';
import { withClaimer } from './open-offline.ts';
import { OWNER_KEY_OPTION, OWNER_PASSWORD_OPTION, type OwnerOptions } from './owner-options.ts';
import { amountText } from './show.ts';
import { showWithdrawal, type Withdrawn } from './show-withdrawal.ts';
import { stakeCommand } from './stake-command.ts';

const NOTHING_MATURED = { withdrawn: 'nothing has matured' };

/** claim, withdraw, stake, thaw. */
export function addMoneyCommands(program: Command, environment: NodeJS.ProcessEnv): void {
  program
    .command('claim')
    .description('redeem every voucher now, whatever the gas')
    .option(...CONFIG_OPTION)
    .action(async ({ config: file }: ConfigOption) => {
      const config = loadConfig(file);
      const answer =
        (await askRunning(config.dataDir, 'POST', '/claim')) ??
        (await withClaimer(config, environment, (claimer) => claimer.claim({ all: true })));
      console.log(show(answer ?? { claimed: 'nothing' }));
    });

  program
    .command('withdraw')
    .description('pay matured earnings to the payout address')
    .option(...CONFIG_OPTION)
    .option('--json', 'as JSON', false)
    .action(async ({ config: file, json }: ConfigOption & { json: boolean }) => {
      const config = loadConfig(file);
      const answer =
        (await askRunning(config.dataDir, 'POST', '/withdraw')) ??
        (await withClaimer(config, environment, (claimer) => claimer.withdraw())) ??
        NOTHING_MATURED;
      const found = { ...(answer as Withdrawn), token: config.chain.deployment.contracts.TestUSD };
      console.log(json ? show(found) : showWithdrawal(found));
    });

  for (const [name, description] of [
    ['stake', 'add stake tokens to the provider’s own stake'],
    ['thaw', 'start to thaw own stake; it stays slashable until it is withdrawn'],
  ] as const)
    program
      .command(name)
      .description(description)
      .argument('<amount>', 'base units of the stake token (18 decimals)')
      .option(...CONFIG_OPTION)
      .option(...OWNER_KEY_OPTION)
      .option(...OWNER_PASSWORD_OPTION)
      .option('-y, --yes', 'do not ask', false)
      .action(async (amount: string, options: ConfigOption & OwnerOptions & { yes: boolean }) => {
        await confirm(`${name} ${amountText(amount, 18)} stake tokens?`, options.yes);
        const config = loadConfig(options.config);
        const ownerKey = await openOwnerKey(config.keys, options, environment);
        console.log(await stakeCommand(name, BigInt(amount), config, ownerKey));
      });

  program
    .command('unstake')
    .description('withdraw own stake that has thawed')
    .option(...CONFIG_OPTION)
    .option(...OWNER_KEY_OPTION)
    .option(...OWNER_PASSWORD_OPTION)
    .action(async (options: ConfigOption & OwnerOptions) => {
      const config = loadConfig(options.config);
      const ownerKey = await openOwnerKey(config.keys, options, environment);
      console.log(await stakeCommand('withdraw', 0n, config, ownerKey));
    });
}

const show = (value: unknown): string =>
  JSON.stringify(
    value,
    (_, field: unknown) => (typeof field === 'bigint' ? field.toString() : field),
    2,
  );
