import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AssayError } from '@assay/wire';
import { z } from 'zod';

const sourceSchema = z.union([
  z.strictObject({ package: z.string().min(1), path: z.string().min(1) }),
  z.strictObject({ url: z.url({ protocol: /^https?$/ }) }),
]);

/** Where a bundle's files come from, by manifest path; a file without an entry lies beside the manifest. */
export type Sources = Readonly<Record<string, z.infer<typeof sourceSchema>>>;

/** Reads `sources.json` beside a manifest; none is fine. Throws M600 on a malformed one. */
export async function readSources(directory: string): Promise<Sources> {
  const text = await readFile(join(directory, 'sources.json'), 'utf8').catch(() => '{}');
  try {
    return z.record(z.string(), sourceSchema).parse(JSON.parse(text));
  } catch (cause) {
    throw new AssayError('M600', {
      cause,
      details: { file: 'sources.json', reason: String(cause).slice(0, 300) },
    });
  }
}
