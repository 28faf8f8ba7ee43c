import { setTimeout as pause } from 'node:timers/promises';
import { AssayError } from '@assay/wire';
import type { Logger } from 'pino';
import { type Chain, reasonOf } from '../chain/chain.ts';
import { backOffMs } from '../link/back-off.ts';

export interface RetryOptions {
  readonly chain: Chain;
  readonly log: Logger;
  /** Gives up; the work's promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly waitMs?: (failures: number) => number;
}

/**
 * Does what needs the chain, again and again while no endpoint answers: an RPC that is down when a machine boots comes
 * back, and a provider that has ended does not. Endpoints that are all of another chain never will: P320.
 */
export async function retryChain<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { chain, log, signal, waitMs = (failures) => backOffMs(failures, Math.random()) } = options;
  for (let failures = 1; ; failures++) {
    signal?.throwIfAborted();
    try {
      const done = await work();
      if (failures > 1) log.info({ failures: failures - 1 }, 'chain regained');
      return done;
    } catch (error) {
      if (!(error instanceof AssayError && error.code === 'S408')) throw error;
      await refuseOtherChains(chain, error);
      const retryMs = waitMs(failures);
      log.warn(
        { failures, retryMs, reason: reasonOf(error) },
        'the chain cannot be reached: waiting',
      );
      await pause(retryMs, undefined, signal ? { signal } : {});
    }
  }
}

async function refuseOtherChains(chain: Chain, cause: unknown): Promise<void> {
  const endpoints = await chain.health();
  if (endpoints.some((found) => found.chainId === undefined || found.chainId === chain.chainId))
    return;
  throw new AssayError('P320', {
    cause,
    details: { field: 'chain.rpcUrls', deployment: chain.chainId, endpoints },
    hint: 'Every endpoint is of another chain than chain.deployment: correct one of them.',
  });
}
