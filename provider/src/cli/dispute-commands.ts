import { readFile, writeFile } from 'node:fs/promises';
import { AssayError, decodeEvidence, encodeEvidence } from '@assay/wire';
import type { Command } from 'commander';
import { createDisputeBook, type DisputeRecord } from '../dispute/dispute-book.ts';
import { type LoadedConfig, loadConfig } from '../load-config.ts';
import { openJournal } from '../store/journal.ts';
import { askRunning } from './ask-running.ts';
import { CONFIG_OPTION, type ConfigOption } from './config-option.ts';
import { type ExchangeOptions, openEvidenceExchange, parseTicket } from './evidence-exchange.ts';
import { showDisputes } from './show-disputes.ts';

const DOOR_OPTION = [
  '--door <url>',
  'this evidence door, https://…/v2/evidence, instead of those of the config’s marketplaces',
] as const;
const KEY_OPTION = [
  '--key-file <file>',
  'sign with this key instead of the receipt key, a reporter’s for instance',
] as const;

/** disputes [list|export|import]. */
export function addDisputeCommands(program: Command, environment: NodeJS.ProcessEnv): void {
  const disputes = program
    .command('disputes')
    .description('disputes that accuse this provider or drew it as a juror');
  disputes
    .command('list', { isDefault: true })
    .description('where each stands and what happens next')
    .option(...CONFIG_OPTION)
    .action(async ({ config }: ConfigOption) => {
      const now = Math.floor(Date.now() / 1000);
      console.log(showDisputes(await listDisputes(loadConfig(config)), now));
    });

  disputes
    .command('export')
    .description('write the evidence of a dispute to a file: from this machine, or from a door')
    .argument('<ticket>', 'the dispute’s id', parseTicket)
    .argument('<file>')
    .option(...CONFIG_OPTION)
    .option(...DOOR_OPTION)
    .option(...KEY_OPTION)
    .action(async (ticket: ReturnType<typeof parseTicket>, file: string, options) => {
      await exportEvidence(ticket, file, { options, environment });
      console.log(`evidence written to ${file}; delete it when the dispute is over`);
    });

  disputes
    .command('import')
    .description('take evidence in and hand it to the other parties, through the evidence doors')
    .argument('<file>')
    .option(...CONFIG_OPTION)
    .option(...DOOR_OPTION)
    .option(...KEY_OPTION)
    .action(async (file: string, options: ExchangeOptions) =>
      console.log(await importEvidence(file, { options, environment })),
    );
}

interface Asked {
  readonly options: ExchangeOptions;
  readonly environment: NodeJS.ProcessEnv;
}

async function exportEvidence(
  ticket: ReturnType<typeof parseTicket>,
  file: string,
  { options, environment }: Asked,
): Promise<void> {
  const { store } = await openEvidenceExchange(options, environment);
  for await (const evidence of store.find(ticket))
    return writeFile(file, encodeEvidence(evidence), { mode: 0o600 });
  throw new AssayError('G814', {
    details: { ticket },
    hint: 'Evidence is written when the dispute is seen; look at `assay-provider disputes`.',
  });
}

async function importEvidence(file: string, { options, environment }: Asked): Promise<string> {
  const evidence = decodeEvidence(await readFile(file));
  const { store, config } = await openEvidenceExchange(options, environment);
  const kept = config === undefined ? [] : [`kept as ${await store.keep(evidence)}`];
  const { at, refused } = await store.publish(evidence);
  return [
    ...kept,
    ...at.map((place) => `handed over at ${place}`),
    ...refused.map(({ place, reason }) => `not taken at ${place}: ${reason}`),
    'whoever reads it checks it against the dispute first',
  ].join('\n');
}

async function listDisputes(config: LoadedConfig): Promise<readonly DisputeRecord[]> {
  const answer = await askRunning(config.dataDir, 'GET', '/disputes');
  if (answer !== undefined) return answer as DisputeRecord[];
  const journal = openJournal(config.dataDir);
  try {
    return createDisputeBook(journal).all();
  } finally {
    journal.close();
  }
}
