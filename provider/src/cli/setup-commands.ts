import type { Command } from 'commander';
import { z } from 'zod';
import { configSchema } from '../config.ts';
import { newOwnerPassword } from '../keys/new-owner-password.ts';
import { openOwnerKey } from '../keys/open-owner-key.ts';
import { loadConfig } from '../load-config.ts';
import { CONFIG_OPTION, type ConfigOption } from './config-option.ts';
import { confirm } from './confirm.ts';
import { runDoctor } from './doctor.ts';
import { type Initialised, type InitOptions, initProvider } from './init-provider.ts';
import { pasteable, type Start } from './own-commands.ts';
import { OWNER_KEY_OPTION, OWNER_PASSWORD_OPTION, type OwnerOptions } from './owner-options.ts';
import { registerProvider } from './register-provider.ts';
import { shellWord } from './shell-word.ts';
import { amountText } from './show.ts';

type InitFlags = Omit<InitOptions, 'directory' | 'ownerPassword'> & {
  readonly dir: string;
  readonly ownerPasswordFile?: string;
};

const MARKS = { ok: '✓', warn: '!', fail: '✗' } as const;

/** init, schema, doctor, register. */
export function addSetupCommands(program: Command, start: Start): void {
  const { environment } = start;
  program
    .command('init')
    .description('write a config and a new receipt key')
    .requiredOption('--bundle <source>', 'model bundle: a directory, npm:<package>/<folder> or URL')
    .requiredOption(
      '--price <units>',
      'whole payment units (millionths of a USD on the local network) for one metering unit',
    )
    .option('--dir <directory>', 'where to write', '.')
    .option('--network <file>', 'a local network’s .localnet/network.json')
    .option('--rpc <url>', 'RPC endpoint')
    .option('--deployment <file>', 'deployment file of the contracts')
    .option('--marketplace <url>', 'provider link of a marketplace, ws:// or wss://')
    .option(
      '--graphql <url>',
      'where the marketplace answers GraphQL; default: from --network, or /graphql beside the link',
    )
    .option('--model-id <id>', 'the bundle’s model on chain')
    .option('--publisher <address>', 'who published the bundle, instead of --model-id')
    .option('--region <name>', 'where this provider is')
    .option(
      '--owner-key-file <file>',
      'the owner’s key, keystore or plain; default: a new keystore in --dir',
    )
    .option(
      '--owner-password-file <file>',
      'password for a new owner’s keystore; default: ASSAY_OWNER_PASSWORD, or asked',
    )
    .action(async ({ dir, ownerPasswordFile, ...options }: InitFlags) => {
      const ownerPassword = () => newOwnerPassword(ownerPasswordFile, environment);
      const done = await initProvider({ ...options, directory: dir, ownerPassword });
      console.log(pasteable(describeInit(done), start));
    });

  program
    .command('schema')
    .description('print the JSON Schema of config files, for editors; it is the same for all')
    .option(...CONFIG_OPTION)
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
          if (fix) console.log(`    → ${pasteable(fix, start)}`);
        },
      );
      if (!healthy) process.exitCode = 1;
    });

  program
    .command('register')
    .description('stake, register the receipt key and write the offers of the config')
    .option(...CONFIG_OPTION)
    .option(...OWNER_KEY_OPTION)
    .option(...OWNER_PASSWORD_OPTION)
    .option('-y, --yes', 'do not ask before sending transactions', false)
    .action(
      async ({ config: file, yes, ...owner }: ConfigOption & OwnerOptions & { yes: boolean }) => {
        const config = loadConfig(file);
        await confirm(
          `Hold ${amountText(config.registration.stake, 18)} stake tokens and write ${config.models.length} offer(s)?`,
          yes,
        );
        const report = (step: string): void => console.log(`  ${step}`);
        const ownerKey = await openOwnerKey(config.keys, owner, environment);
        const { provider, offers } = await registerProvider({
          config,
          environment,
          ownerKey,
          report,
        });
        console.log(`provider ${provider} is registered with ${offers.length} offer(s)`);
      },
    );
}

function describeInit({ file, owner, ownerKeyFile, receiptKey }: Initialised): string {
  const config = `-c ${shellWord(file)}`;
  return [
    `wrote ${file}`,
    `owner ${owner}: holds the stake, needs stake tokens and a little gas`,
    `its key is ${ownerKeyFile}, and not in the config: \`assay-provider start\` never needs it, so keep it on another machine`,
    `receipt key ${receiptKey}, password in receipt.password: move that elsewhere and set ASSAY_KEYSTORE_PASSWORD`,
    `next: \`assay-provider doctor ${config}\``,
    `      \`assay-provider register ${config} --owner-key-file ${shellWord(ownerKeyFile)}\``,
    `      \`assay-provider start ${config}\``,
  ].join('\n');
}
