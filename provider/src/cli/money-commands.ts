import type { Command } from 'commander';
import { loadConfig } from '../load-config.ts';
import { askRunning } from './ask-running.ts';
import { CONFIG_OPTION, type ConfigOption } from './config-option.ts';
import { confirm } from './confirm.ts';
import { withClaimer } from './open-offline.ts';
import { amountText } from './show.ts';
import { stakeCommand } from './stake-command.ts';

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
    .action(async ({ config: file }: ConfigOption) => {
      const config = loadConfig(file);
      const answer =
        (await askRunning(config.dataDir, 'POST', '/withdraw')) ??
        (await withClaimer(config, environment, (claimer) => claimer.withdraw()));
      console.log(show(answer ?? { withdrawn: 'nothing has matured' }));
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
      .option('-y, --yes', 'do not ask', false)
      .action(async (amount: string, { config, yes }: ConfigOption & { yes: boolean }) => {
        await confirm(`${name} ${amountText(amount, 18)} stake tokens?`, yes);
        console.log(await stakeCommand(name, BigInt(amount), loadConfig(config), environment));
      });

  program
    .command('unstake')
    .description('withdraw own stake that has thawed')
    .option(...CONFIG_OPTION)
    .action(async ({ config }: ConfigOption) =>
      console.log(await stakeCommand('withdraw', 0n, loadConfig(config), environment)),
    );
}

const show = (value: unknown): string =>
  JSON.stringify(
    value,
    (_, field: unknown) => (typeof field === 'bigint' ? field.toString() : field),
    2,
  );
