import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ARENA_BYTES } from '../../inference/arena.ts';

export interface SpawnCommand {
  readonly file: string;
  readonly args: readonly string[];
}

export interface SpawnOptions {
  readonly modelsDir: string;
  readonly dataLimitBytes: number;
  /** Whether it finds one at `ARENA_FD`. */
  readonly arena: boolean;
}

const INFERENCE_DIR = fileURLToPath(new URL('../../inference/', import.meta.url));
/** What POSIX has `ulimit -f` count in. */
const FILE_BLOCK_BYTES = 512;
const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));

/**
 * How a child is started: the shell sets RLIMIT_DATA and RLIMIT_FSIZE and becomes node; setpriv (where there is one) has the kernel
 * kill the child with the supervisor, even inside native code; Node's permission model lets its JavaScript read the
 * models and its own code, write nothing, start nothing. Native code is not bound by it and runs as the same user: see
 * README, “What holds a child”.
 */
export function spawnCommand(options: SpawnOptions): SpawnCommand {
  const node = [
    process.execPath,
    '--permission',
    '--allow-addons',
    ...[
      INFERENCE_DIR,
      ...dependencyRoots(),
      ...wireFiles(),
      `${options.modelsDir}/*`,
      '/proc/self/status',
    ].map((path) => `--allow-fs-read=${path}`),
    '--disable-warning=SecurityWarning',
    '--disable-warning=ExperimentalWarning',
    `${INFERENCE_DIR}main.ts`,
    ...(options.arena ? ['arena'] : []),
  ];
  const guarded = SETPRIV ? [SETPRIV, '--pdeathsig', 'KILL', '--', ...node] : node;
  const limitKiB = Math.ceil(options.dataLimitBytes / 1024);
  const limits = `ulimit -d ${limitKiB}; ulimit -f ${ARENA_BYTES / FILE_BLOCK_BYTES}`;
  return { file: '/bin/sh', args: ['-c', `${limits}; exec "$@"`, 'sh', ...guarded] };
}

/** The files of the wire package that children share with the supervisor, and what says how to load them. */
function wireFiles(): string[] {
  const require = createRequire(import.meta.url);
  const files = ['read-wav-header', 'longest-text'].map((name) =>
    require.resolve(`@assay/wire/${name}`),
  );
  return [...files, join(dirname(require.resolve('@assay/wire')), '../package.json')];
}

/** The node_modules folders that hold what a child imports. */
function dependencyRoots(): string[] {
  const require = createRequire(import.meta.url);
  const roots = ['onnxruntime-node', '@huggingface/tokenizers'].map((name) =>
    nodeModulesOf(require.resolve(name)),
  );
  return [...new Set(roots)];
}

function nodeModulesOf(path: string): string {
  const marker = `${sep}node_modules${sep}`;
  const at = path.lastIndexOf(marker);
  return at < 0 ? dirname(path) : path.slice(0, at + marker.length);
}
