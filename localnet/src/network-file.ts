import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Network, networkSchema } from '@assay/wire';

/** Whoever reads `network.json` sees a whole one or none. */
export function writeNetworkFile(file: string, network: Network): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(networkSchema.parse(network), null, 2)}\n`, {
    mode: 0o600,
  });
  renameSync(draft, file);
}

export function readNetworkFile(file: string): Network {
  return networkSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}
