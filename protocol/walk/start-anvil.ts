import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
// A leaf: nothing of the local network comes with it.
import { tiedToParent } from '../../localnet/src/processes/tied-to-parent.ts';

const BINARY = fileURLToPath(
  new URL('../../node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil', import.meta.url),
);

export interface Anvil extends Disposable {
  readonly rpcUrl: string;
}

/** A chain of one's own: port 0 makes anvil take a free one, and its first lines say which. */
export async function startAnvil(...options: string[]): Promise<Anvil> {
  const [file, ...args] = tiedToParent([BINARY, '--port', '0', ...options]);
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const died = once(child, 'exit').then(() => {
    throw new Error('anvil ended before it listened');
  });
  const port = await Promise.race([listeningPort(child.stdout), died]);
  died.catch(() => undefined);
  child.stdout.resume();
  return { rpcUrl: `http://127.0.0.1:${port}`, [Symbol.dispose]: () => void child.kill('SIGTERM') };
}

async function listeningPort(stdout: Readable): Promise<number> {
  let text = '';
  for await (const chunk of stdout.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    const port = /Listening on [\d.]+:(\d+)/.exec(text)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error('anvil closed its output');
}
