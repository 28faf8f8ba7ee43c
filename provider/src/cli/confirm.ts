import { createInterface } from 'node:readline/promises';
import { AssayError } from '@assay/wire';

/** Asks before something that costs money. Without a terminal, `--yes` is needed. */
export async function confirm(question: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY)
    throw new AssayError('P320', { details: { reason: 'not a terminal: add --yes' } });
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim()))
    throw new AssayError('P320', { details: { reason: 'not confirmed' } });
}
