import { spawnSync } from 'node:child_process';

const QUERY = ['--query-gpu=name', '--format=csv,noheader'];

/** What the first GPU is called, in the form class names use: `nvidia-l4`; `gpu` where the driver does not say. */
export function deviceName(list: () => string = askDriver): string {
  const [first = ''] = list().split('\n');
  const words = first.toLowerCase().match(/[a-z0-9]+/g);
  return words?.join('-').slice(0, 40) ?? 'gpu';
}

function askDriver(): string {
  return spawnSync('nvidia-smi', QUERY, { encoding: 'utf8', timeout: 5_000 }).stdout ?? '';
}
