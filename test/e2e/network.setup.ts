import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readNetworkFile, startNetwork } from '@assay/localnet';
import type { Network } from '@assay/wire';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    network: Network;
  }
}

/**
 * One network for all stories of a project; the project's name says in which of the two ways it runs.
 * ASSAY_NETWORK_FILE=.localnet/network.json tells the stories on a network that is up already.
 */
export async function setup(project: TestProject) {
  const file = process.env.ASSAY_NETWORK_FILE;
  if (file !== undefined) return project.provide('network', readNetworkFile(file));
  const dir = mkdtempSync(join(tmpdir(), `assay-${project.name}-`));
  const running = await startNetwork({
    dir,
    distributed: project.name.endsWith('distributed'),
    ...(process.env.REDIS_URL && { redisUrl: process.env.REDIS_URL }),
  });
  project.provide('network', running.network);
  let broken: unknown;
  void running.broken.then((error) => {
    broken = error;
    process.stderr.write(`${error.hint}\n`);
  });
  return async () => {
    await running.stop();
    if (broken !== undefined) throw broken;
    rmSync(dir, { recursive: true, force: true });
  };
}
