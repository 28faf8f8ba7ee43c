import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { prepareHarness } from '../../test/start-harness.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

export type SpawnedProvider = Awaited<ReturnType<typeof spawnProvider>>;

/** A whole provider as a process of its own, linked to a marketplace and a chain in this one. */
export async function spawnProvider(bundle: string) {
  const harness = await prepareHarness({}, bundle);
  const { gateway, config, configFile } = harness;
  const supervisor = spawn(MAIN, ['start', '--config', configFile], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` },
  });
  const ended = new Promise((resolve) => supervisor.once('exit', resolve));
  await gateway.until(() => gateway.all('heartbeat').length > 0);
  return {
    ...harness,
    pid: supervisor.pid ?? 0,
    children: () => childrenOf(config.dataDir),
    async stop() {
      supervisor.kill('SIGTERM');
      await ended;
      await harness.close();
    },
  };
}

/** Inference children: their command line names the data directory. */
function childrenOf(dataDir: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const line = commandLine(pid);
      return line.includes(dataDir) && line.includes('inference/main.ts');
    });
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // ended meanwhile
  }
}
