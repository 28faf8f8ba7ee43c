import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { arch, platform } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** The real forge. The launcher that npm puts on PATH answers 0 even where forge failed, so nothing here goes through it. */
export function forgeBinary(): string {
  const name = `@foundry-rs/forge-${platform}-${ARCHITECTURES[arch] ?? arch}/package.json`;
  const suffix = platform === 'win32' ? '.exe' : '';
  return join(dirname(createRequire(import.meta.url).resolve(name)), 'bin', `forge${suffix}`);
}

/** `node protocol/forge.ts ARGS`: forge with its own exit code. */
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const cwd = dirname(dirname(fileURLToPath(import.meta.url)));
  const { status, error } = spawnSync(forgeBinary(), process.argv.slice(2), {
    cwd,
    stdio: 'inherit',
  });
  if (error !== undefined) throw error;
  process.exitCode = status ?? 1;
}
