import type { Log } from '@assay/kit';
import type { Deployment } from '@assay/wire';
import type { AbstractProvider, Log as ChainLog, LogDescription } from 'ethers';
import { modelRegistryAbi, providerRegistryAbi, sessionEscrowAbi } from './abi.ts';

/** Blocks read again at every look, so that a reorganisation this deep is seen. */
const OVERLAP = 12;
const SPAN = 5_000;
const POLL_MS = 1_000;

export interface ChainEvent {
  readonly event: LogDescription;
  readonly log: ChainLog;
}

export interface ChainFollower {
  /** Reads up to the head the chain has now. */
  refresh(): Promise<void>;
  close(): void;
}

/** Follows the events of the registries and the escrow from the deployment on. Handlers must bear seeing an event twice. */
export async function followChain(options: {
  readonly provider: AbstractProvider;
  readonly deployment: Deployment;
  readonly onEvent: (event: ChainEvent) => void | Promise<void>;
  readonly log: Log;
}): Promise<ChainFollower> {
  const { provider, deployment, onEvent, log } = options;
  const { ModelRegistry, ProviderRegistry, SessionEscrow } = deployment.contracts;
  const parsers = new Map([
    [ModelRegistry, modelRegistryAbi],
    [ProviderRegistry, providerRegistryAbi],
    [SessionEscrow, sessionEscrowAbi],
  ]);
  let next = deployment.deployBlock;
  let reading: Promise<void> | undefined;
  /** What the last look handled: the overlap is read again, but only what is new there is handled. */
  let handled: ReadonlySet<string> = new Set();
  let failing = false;

  async function read(): Promise<void> {
    const head = await provider.getBlockNumber();
    let from = Math.max(deployment.deployBlock, Math.min(next, head) - OVERLAP);
    const found = new Set<string>();
    for (; from <= head; from += SPAN) {
      const toBlock = Math.min(head, from + SPAN - 1);
      const logs = await provider.getLogs({
        address: [...parsers.keys()],
        fromBlock: from,
        toBlock,
      });
      for (const entry of logs) {
        const place = `${entry.blockHash}:${entry.index}`;
        found.add(place);
        if (!handled.has(place)) await handle(entry);
      }
      next = toBlock + 1;
    }
    handled = found;
  }

  async function handle(entry: ChainLog): Promise<void> {
    const event = parsers.get(entry.address.toLowerCase() as `0x${string}`)?.parseLog(entry);
    if (event) await onEvent({ event, log: entry });
  }

  const start = (): Promise<void> => {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  /** A reading under way may have asked for the head before the caller's block: then another follows it. */
  const refresh = async (): Promise<void> => {
    if (reading !== undefined) await reading.catch(() => undefined);
    await start();
  };
  const look = () =>
    start().then(
      () => {
        if (failing) log.info('chain regained');
        failing = false;
      },
      (error: unknown) => {
        if (!failing) log.warn({ err: error }, 'chain cannot be read');
        failing = true;
      },
    );

  await refresh();
  const timer = setInterval(look, POLL_MS);
  return { refresh, close: () => clearInterval(timer) };
}
