import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { graphCli } from './graph-cli.ts';

const HOME = join(import.meta.dirname, '..');
const CACHE = join(HOME, '..', '.cache', 'thegraph');
const COMPILER = ['@graphprotocol/graph-cli', '@graphprotocol/graph-ts'];
const SOURCES = ['subgraph.yaml', 'schema.graphql', 'abis', 'src'];

/**
 * The directory with the subgraph's sources, generated types and compiled `build/`.
 * Compiled once for each content of the sources, aside and renamed: a build cut short is never taken for a whole one.
 */
export async function buildIndex(): Promise<string> {
  const built = join(CACHE, contentHash());
  if (existsSync(built)) return built;
  mkdirSync(CACHE, { recursive: true });
  const draft = mkdtempSync(join(CACHE, 'draft-'));
  try {
    for (const source of SOURCES)
      cpSync(join(HOME, source), join(draft, source), { recursive: true });
    await graphCli(draft, 'codegen', '--skip-migrations');
    await graphCli(draft, 'build', '--skip-migrations');
    keepFirst(draft, built);
    return built;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Another process may have finished the same build meanwhile; either result serves. */
function keepFirst(draft: string, built: string) {
  try {
    renameSync(draft, built);
  } catch (error) {
    if (!existsSync(built)) throw error;
  }
}

function contentHash(): string {
  const { devDependencies } = JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const compiler = COMPILER.map((name) => devDependencies[name]).join();
  const hash = createHash('sha256').update(compiler);
  for (const file of SOURCES.flatMap(filesOf)) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(HOME, file)))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 32);
}

function filesOf(source: string): string[] {
  if (source.includes('.')) return [source];
  return readdirSync(join(HOME, source), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(HOME.length + 1))
    .sort();
}
