import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AssayError, type Hex } from '@assay/wire';
import type { Command } from 'commander';
import { createDisputeBook, type DisputeRecord } from '../dispute/dispute-book.ts';
import { decodeEvidence } from '../dispute/evidence.ts';
import { createEvidenceStore } from '../dispute/evidence-store.ts';
import { type LoadedConfig, loadConfig } from '../load-config.ts';
import { openJournal } from '../store/journal.ts';
import { askRunning } from './ask-running.ts';
import { CONFIG_OPTION, type ConfigOption } from './config-option.ts';
import { short, table } from './show.ts';

/** disputes [list|export|import]. */
export function addDisputeCommands(program: Command): void {
  const disputes = program
    .command('disputes')
    .description('disputes that accuse this provider or drew it as a juror');
  disputes
    .command('list', { isDefault: true })
    .description('where each stands')
    .option(...CONFIG_OPTION)
    .action(async ({ config }: ConfigOption) =>
      console.log(showDisputes(await listDisputes(loadConfig(config)))),
    );

  disputes
    .command('export')
    .description(
      'write the evidence of a dispute against this provider to a file, to hand to jurors',
    )
    .argument('<ticket>', 'the dispute’s id')
    .argument('<file>')
    .option(...CONFIG_OPTION)
    .action(async (ticket: Hex, file: string, { config }: ConfigOption) => {
      await copyFile(join(loadConfig(config).dataDir, 'evidence', ticket), file).catch(() => {
        throw new AssayError('I109', {
          details: { ticket },
          hint: 'Evidence is written when the dispute is seen; look at `assay-provider disputes`.',
        });
      });
      console.log(`evidence written to ${file}`);
    });

  disputes
    .command('import')
    .description('take evidence in, for a dispute this provider is a juror of')
    .argument('<file>')
    .option(...CONFIG_OPTION)
    .action(async (file: string, { config }: ConfigOption) => {
      const evidence = decodeEvidence(await readFile(file));
      const kept = await createEvidenceStore(join(loadConfig(config).dataDir, 'evidence'), []).keep(
        evidence,
      );
      console.log(`kept as ${kept}; it is checked against the dispute before it is used`);
    });
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

function showDisputes(records: readonly DisputeRecord[]): string {
  if (records.length === 0) return 'no disputes';
  const time = (seconds: number): string => new Date(seconds * 1000).toISOString();
  return table([
    ['dispute', 'role', 'state', 'votes until', 'reveals until', 'note'],
    ...records.map(({ id, role, state, commitEnds, revealEnds, note }) => [
      short(id),
      role,
      state,
      time(commitEnds),
      time(revealEnds),
      note,
    ]),
  ]);
}
