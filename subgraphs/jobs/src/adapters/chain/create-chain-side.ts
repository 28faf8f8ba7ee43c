import type { Address } from '@assay/wire';
import { type AbstractProvider, Contract } from 'ethers';
import type { Registry } from '../../domain/registry-facts.ts';
import type { JobsConfig } from '../../jobs-config.ts';
import type { EscrowSession, SessionChain } from '../../settlement/session-chain.ts';
import { sessionEscrowAbi } from './abi.ts';
import { followChain } from './chain-follower.ts';
import { createEscrowSessions } from './escrow-sessions.ts';
import { createRegistryBook } from './registry-book.ts';
import { createRelayer } from './relayer.ts';
import { createSessionChain } from './session-chain.ts';

export interface ChainSide {
  readonly registry: Registry;
  readonly sessionChain: SessionChain;
  readonly protocolFeePpm: bigint;
  readonly minWithdrawDelay: number;
  /** Calls back with every session known so far, and then whenever the chain reports a change of one. */
  onSession(handler: (session: EscrowSession) => Promise<void>): Promise<void>;
  close(): void;
}

/** Everything the market reads from the chain, followed from now on, and the one key it writes with. */
export async function createChainSide(options: {
  readonly provider: AbstractProvider;
  readonly config: JobsConfig;
  readonly gateway: Address;
}): Promise<ChainSide> {
  const { provider, config, gateway } = options;
  const { deployment, log } = config;
  const book = createRegistryBook((modelId, error) =>
    log.warn({ modelId, err: error }, 'a registered manifest is invalid'),
  );
  const sessions = createEscrowSessions(gateway);
  let onSession: (session: EscrowSession) => Promise<void> = async () => undefined;
  const escrow = new Contract(deployment.contracts.SessionEscrow, sessionEscrowAbi, provider);
  const parameters = await escrow.getFunction('parameters')();
  const follower = await followChain({
    provider,
    deployment,
    log,
    async onEvent(seen) {
      book.apply(seen.event);
      const changed = sessions.apply(seen);
      if (changed !== undefined) await onSession(changed);
    },
  });
  const sessionChain = await createSessionChain({
    provider,
    deployment,
    relayer: createRelayer(provider, config.gatewayKey, log),
    known: sessions.find,
    refresh: follower.refresh,
  });
  return {
    registry: { ...book, refresh: follower.refresh },
    sessionChain,
    protocolFeePpm: BigInt(parameters.protocolFeePpm),
    minWithdrawDelay: Number(parameters.minWithdrawDelay),
    async onSession(handler) {
      onSession = handler;
      for (const session of sessions.all()) await handler(session);
    },
    close: follower.close,
  };
}
