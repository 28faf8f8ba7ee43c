import { readFile } from 'node:fs/promises';
import { AssayError } from '@assay/wire';

const LINE = /^([A-Za-z0-9-]+):[ \t]*(\S(?:.*\S)?)[ \t]*$/;

/** HTTP headers of a file, one `name: value` a line: a token on the command line would be everybody's to see. Throws M600. */
export async function readHeaders(file: string): Promise<Record<string, string>> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AssayError('M600', { cause, details: { file, reason: 'cannot be read' } });
  });
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const pairs = lines.map((line, index) => {
    const [, name, value] = LINE.exec(line) ?? [];
    if (name && value) return [name.toLowerCase(), value];
    // The line itself may hold a secret.
    throw new AssayError('M600', {
      details: { file, line: index + 1, reason: 'not a header' },
      hint: 'Write one `name: value` a line.',
    });
  });
  return Object.fromEntries(pairs);
}
