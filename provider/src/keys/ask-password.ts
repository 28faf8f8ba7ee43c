import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { AssayError } from '@assay/wire';

/** Asks on the terminal without showing what is typed. Throws P321 with `otherwise` where there is no terminal. */
export async function askPassword(question: string, otherwise: string): Promise<string> {
  if (!process.stdin.isTTY) throw new AssayError('P321', { details: { reason: otherwise } });
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  process.stderr.write(question);
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}
