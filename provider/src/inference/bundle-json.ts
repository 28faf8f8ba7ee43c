import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '@assay/wire';
import { InferenceFault } from './inference-fault.ts';

export type Json = Readonly<Record<string, unknown>>;

/** A JSON object of the bundle by file name, wherever the folder puts it; undefined where the manifest has none. */
export async function bundleJson(
  manifest: Manifest,
  directory: string,
  name: string,
): Promise<Json | undefined> {
  const file = manifest.files.find(({ path }) => path === name || path.endsWith(`/${name}`));
  if (!file) return undefined;
  try {
    const parsed: unknown = JSON.parse(await readFile(join(directory, file.path), 'utf8'));
    if (isJson(parsed)) return parsed;
  } catch (cause) {
    throw new InferenceFault('M600', { cause, details: { file: file.path, reason: 'not JSON' } });
  }
  throw new InferenceFault('M600', { details: { file: file.path, reason: 'not a JSON object' } });
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
