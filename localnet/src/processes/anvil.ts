import { type Child, startChild } from './child-process.ts';
import { claimPort } from './free-port.ts';
import { packageFile } from './package-file.ts';
import { pollUntil } from './poll-until.ts';

export interface AnvilOptions {
  logFile: string;
  port?: number;
  chainId?: number;
  /** Seconds between blocks; absent: a block for each transaction. */
  blockTime?: number;
  /** With a block time: also a block for each transaction, at once. */
  mixedMining?: boolean;
  /** Blocks only when asked for (`evm_mine`, `anvil_mine`). */
  noMining?: boolean;
  /** File to load the chain from and to save it to on stop. */
  state?: string;
  /** Seconds since the epoch of the genesis block. */
  timestamp?: number;
  accounts?: number;
}

export interface Anvil extends Child {
  readonly url: string;
  readonly wsUrl: string;
  readonly chainId: number;
  rpc(method: string, ...params: unknown[]): Promise<unknown>;
}

/** A real EVM on a free port, from the binary itself: the npm shim would hide its pid. */
export async function startAnvil(options: AnvilOptions): Promise<Anvil> {
  const { logFile, chainId = 31_337, accounts = 10 } = options;
  const port = await claimPort('anvil', options.port);
  const url = `http://127.0.0.1:${port}`;
  const child = await startChild({
    name: 'anvil',
    command: packageFile('anvil', '@foundry-rs/anvil-linux-amd64', 'bin/anvil'),
    args: [
      ...['--host', '127.0.0.1', '--port', `${port}`, '--chain-id', `${chainId}`],
      ...['--accounts', `${accounts}`, '--silent'],
      ...(options.blockTime === undefined ? [] : ['--block-time', `${options.blockTime}`]),
      ...(options.mixedMining ? ['--mixed-mining'] : []),
      ...(options.noMining ? ['--no-mining'] : []),
      ...(options.state === undefined ? [] : ['--state', options.state]),
      ...(options.timestamp === undefined ? [] : ['--timestamp', `${options.timestamp}`]),
    ],
    logFile,
    ports: [port],
    ready: (signal) =>
      pollUntil(async (s) => Number(await call(url, 'eth_chainId', [], s)) === chainId, signal, 20),
  });
  return {
    ...child,
    url,
    wsUrl: `ws://127.0.0.1:${port}`,
    chainId,
    rpc: (method, ...params) => call(url, method, params),
  };
}

async function call(url: string, method: string, params: unknown[], signal?: AbortSignal) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    ...(signal && { signal }),
  });
  const answer = (await response.json()) as { result?: unknown; error?: { message: string } };
  if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
  return answer.result;
}
