import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '@assay/wire';
import { InferenceFault } from './inference-fault.ts';

type FileRole = Manifest['files'][number]['role'];

/** Absolute path of the bundle's file with this role. */
export function fileOfRole(
  manifest: Manifest,
  directory: string,
  role: FileRole,
): string | undefined {
  const file = manifest.files.find((candidate) => candidate.role === role);
  return file && join(directory, file.path);
}

/** Text of the bundle's file with this role. Throws M600 where the manifest lists none. */
export async function readRole(
  manifest: Manifest,
  directory: string,
  role: FileRole,
): Promise<string> {
  const path = fileOfRole(manifest, directory, role);
  if (!path)
    throw new InferenceFault('M600', {
      details: { reason: `task ${manifest.task} needs a file with the role "${role}"` },
    });
  return readFile(path, 'utf8');
}

export function numberParameter(manifest: Manifest, name: string, fallback: number): number {
  const value = manifest.parameters[name];
  return typeof value === 'number' ? value : fallback;
}

export function textParameter(manifest: Manifest, name: string, fallback: string): string {
  const value = manifest.parameters[name];
  return typeof value === 'string' ? value : fallback;
}
