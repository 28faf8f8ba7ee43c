import type { Command } from 'commander';
import { z } from 'zod';
import { configSchema } from '../config.ts';
import { loadConfig } from '../load-config.ts';
import { CONFIG_OPTION, type ConfigOption } from './config-option.ts';
import { confirm } from './confirm.ts';
import { runDoctor } from './doctor.ts';
import { type InitOptions, initProvider } from './init-provider.ts';
import { registerProvider } from './register-provider.ts';
import { amountText } from './show.ts';

const MARKS = { ok: '✓', warn: '!', fail: '✗' } as const;

/** init, doctor, register. */
export function addSetupCommands(program: Command, environment: NodeJS.ProcessEnv): void {
  program
    .command('init')
    .description('write a config and a new receipt key')
    .requiredOption('--bundle <source>', 'model bundle: a directory, npm:<package>/<folder> or URL')
    .requiredOption('--price <units>', 'payment units for one metering unit')
    .option('--dir <directory>', 'where to write', '.')
    .option('--network <file>', 'a local network’s .localnet/network.json')
    .option('--rpc <url>', 'RPC endpoint')
    .option('--deployment <file>', 'deployment file of the contracts')
    .option('--marketplace <url>', 'provider link of a marketplace, ws:// or wss://')
    .option('--model-id <id>', 'the bundle’s model on chain')
    .option('--publisher <address>', 'who published the bundle, instead of --model-id')
    .option('--region <name>', 'where this provider is')
    .option('--owner-key-file <file>', 'use this owner key; default: a new one')
    .action(async ({ dir, ...options }: Omit<InitOptions, 'directory'> & { dir: string }) => {
      const { file, receiptKey, owner } = await initProvider({ ...options, directory: dir });
      console.log(
        `wrote ${file}\nowner ${owner}: holds the stake, needs stake tokens and a little gas\nreceipt key ${receiptKey}, password in receipt.password: move that elsewhere and set ASSAY_KEYSTORE_PASSWORD`,
      );
      console.log(
        `next: assay-provider doctor -c ${file}; assay-provider register -c ${file}; assay-provider start -c ${file}`,
      );
    });

  program
    .command('schema')
    .description('print the JSON Schema of the config file, for editors')
    .action(() =>
      console.log(JSON.stringify(z.toJSONSchema(configSchema, { io: 'input' }), null, 2)),
    );

  program
    .command('doctor')
    .description('check everything a provider needs, and print the fix for what is missing')
    .option(...CONFIG_OPTION)
    .action(async ({ config }: ConfigOption) => {
      const healthy = await runDoctor(
        loadConfig(config),
        environment,
        ({ verdict, subject, found, fix }) => {
          console.log(`${MARKS[verdict]} ${subject}: ${found}`);
          if (fix) console.log(`    → ${fix}`);
        },
      );
      if (!healthy) process.exitCode = 1;
    });

  program
    .command('register')
    .description('stake, register the receipt key and write the offers of the config')
    .option(...CONFIG_OPTION)
    .option('-y, --yes', 'do not ask before sending transactions', false)
    .action(async ({ config: file, yes }: ConfigOption & { yes: boolean }) => {
      const config = loadConfig(file);
      await confirm(
        `Hold ${amountText(config.registration.stake, 18)} stake tokens and write ${config.models.length} offer(s)?`,
        yes,
      );
      const report = (step: string): void => console.log(`  ${step}`);
      const { provider, offers } = await registerProvider({ config, environment, report });
      console.log(`provider ${provider} is registered with ${offers.length} offer(s)`);
    });
}
