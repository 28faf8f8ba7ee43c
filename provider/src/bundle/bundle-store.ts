import { randomUUID } from 'node:crypto';
import { chmod, copyFile, link, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AssayError, type Hex, type Manifest, manifestHash, parseManifest } from '@assay/wire';
import { assertSafeBundle } from './check-bundle.ts';
import { claimPart } from './claim-part.ts';
import { type FetchProgress, fetchFile } from './fetch-file.ts';
import { fetchManifest } from './fetch-manifest.ts';
import { hashFile } from './hash-file.ts';
import { packageFile } from './package-file.ts';
import { readSources, type Sources } from './sources.ts';

export interface StoredBundle {
  readonly manifest: Manifest;
  readonly manifestHash: Hex;
  /** Holds exactly the manifest's files, read-only. */
  readonly directory: string;
}

export interface ImportOptions {
  readonly onProgress?: FetchProgress;
  readonly signal?: AbortSignal;
}

/**
 * Bundles on the provider's disk: every file once, under its sha256, and per model a directory of hard links with
 * nothing else in it. A file enters only if its hash and size are the manifest's.
 */
export interface BundleStore {
  /** The directory children may read. */
  readonly modelsDir: string;
  /** Brings a bundle in from a directory, `npm:<package>[/<folder>]` or the URL of a folder. Throws M600 to M604. */
  importSource(source: string, options?: ImportOptions): Promise<StoredBundle>;
  /** Brings a bundle in from a directory with a manifest.json. Throws M600 to M604. */
  importDirectory(directory: string, options?: ImportOptions): Promise<StoredBundle>;
  importManifest(
    manifest: Manifest,
    locate: Locate,
    options?: ImportOptions,
  ): Promise<StoredBundle>;
}

export type FileLocation = { readonly path: string } | { readonly url: string };
/** Where the bytes of one of the manifest's files are. */
export type Locate = (file: Manifest['files'][number]) => FileLocation;

export interface BundleStoreOptions {
  /** Refuse dangerous graphs (`assertSafeBundle`). Off only where the sandbox itself is under test. */
  readonly scan?: boolean;
}

export function createBundleStore(
  root: string,
  { scan = true }: BundleStoreOptions = {},
): BundleStore {
  const filesDir = join(root, 'files');
  const modelsDir = join(root, 'models');

  async function admit(
    file: Manifest['files'][number],
    location: FileLocation,
    options: ImportOptions,
  ): Promise<string> {
    const target = join(filesDir, file.sha256.slice(2));
    if (await isIntact(target, file)) return target;
    await mkdir(filesDir, { recursive: true });
    const partial =
      'url' in location
        ? await download(location.url, target, { file, options })
        : await copied(location.path, target, file);
    const { sha256, bytes } = await hashFile(partial);
    if (sha256 !== file.sha256 || bytes !== file.bytes) {
      await rm(partial, { force: true });
      throw new AssayError('M602', {
        details: {
          file: file.path,
          expected: file.sha256,
          got: sha256,
          expectedBytes: file.bytes,
          bytes,
        },
      });
    }
    await chmod(partial, 0o444);
    await rename(partial, target);
    return target;
  }

  async function importManifest(
    manifest: Manifest,
    locate: Locate,
    options: ImportOptions = {},
  ): Promise<StoredBundle> {
    const hash = manifestHash(manifest);
    const directory = join(modelsDir, hash.slice(2));
    for (const file of manifest.files) {
      const stored = await admit(file, locate(file), options);
      await place(stored, join(directory, file.path));
    }
    if (scan) await assertSafeBundle(manifest, directory);
    return { manifest, manifestHash: hash, directory };
  }

  async function importUrl(url: string, options?: ImportOptions): Promise<StoredBundle> {
    const base = url.endsWith('/') ? url : `${url}/`;
    const manifest = parseManifest(await fetchManifest(`${base}manifest.json`));
    return importManifest(manifest, (file) => ({ url: new URL(file.path, base).href }), options);
  }

  async function importDirectory(
    directory: string,
    options?: ImportOptions,
  ): Promise<StoredBundle> {
    const path = join(directory, 'manifest.json');
    const bytes = await readFile(path).catch((cause: unknown) =>
      notFound('manifest.json', path, cause),
    );
    const sources = await readSources(directory);
    return importManifest(
      parseManifest(bytes),
      (file) => locateIn(directory, sources, file.path),
      options,
    );
  }

  return {
    modelsDir,
    importManifest,
    importDirectory,
    async importSource(source, options) {
      if (/^https?:/.test(source)) return importUrl(source, options);
      return importDirectory(
        source.startsWith('npm:') ? packageFolder(source.slice(4)) : source,
        options,
      );
    },
  };
}

/** Answers where the bytes are; what a broken download has is kept for the next one. */
async function download(
  url: string,
  target: string,
  { file, options }: { file: Manifest['files'][number]; options: ImportOptions },
): Promise<string> {
  const part = await claimPart(target);
  try {
    await fetchFile({ url, target: part.path, file, ...options });
    return part.path;
  } catch (error) {
    await part.giveBack();
    throw error;
  }
}

async function copied(
  from: string,
  target: string,
  file: Manifest['files'][number],
): Promise<string> {
  const copy = `${target}.${randomUUID()}`;
  await copyFile(from, copy).catch((cause: unknown) => notFound(file.path, from, cause));
  return copy;
}

/** `@scope/name/folder` or `name/folder`. */
function packageFolder(path: string): string {
  const parts = path.split('/');
  const length = path.startsWith('@') ? 2 : 1;
  return packageFile(parts.slice(0, length).join('/'), parts.slice(length).join('/'));
}

function locateIn(directory: string, sources: Sources, path: string): FileLocation {
  const source = Object.hasOwn(sources, path) ? sources[path] : undefined;
  if (!source) return { path: join(directory, path) };
  return 'url' in source ? { url: source.url } : { path: packageFile(source.package, source.path) };
}

async function isIntact(path: string, file: Manifest['files'][number]): Promise<boolean> {
  const size = await stat(path).then(
    (found) => found.size,
    () => -1,
  );
  return size === file.bytes && (await hashFile(path)).sha256 === file.sha256;
}

/** A hard link, so that the model's directory never holds a link leading out of it; a copy across file systems. */
async function place(stored: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const [from, to] = await Promise.all([stat(stored), stat(target).catch(() => undefined)]);
  if (to && to.ino === from.ino && to.dev === from.dev) return;
  const fresh = `${target}.${randomUUID()}`;
  await link(stored, fresh).catch(() => copyFile(stored, fresh));
  await rename(fresh, target);
}

function notFound(file: string, path: string, cause: unknown): never {
  throw new AssayError('M604', { cause, details: { file, path } });
}
