import type { Address, Hex } from '@assay/wire';
import { disputeAbi } from '../chain/abi.ts';
import type { Chain } from '../chain/chain.ts';
import type { Sender } from '../chain/sender.ts';

export const DISPUTE_STATUS = ['NONE', 'OPEN', 'GUILTY', 'CLEARED', 'DRAWN'] as const;
export type DisputeStatus = (typeof DISPUTE_STATUS)[number];

/** How a dispute stands on chain. */
export interface ChainDispute {
  readonly status: DisputeStatus;
  /** Unix seconds. */
  readonly commitEnds: number;
  readonly revealEnds: number;
  /** Somebody showed the fingerprint of the disputed receipt. */
  readonly answered: boolean;
}

/** What the chain holds of this provider's vote. */
export interface ChainVote {
  readonly drawn: boolean;
  /** Undefined before it is committed. */
  readonly commitment: Hex | undefined;
  readonly revealed: boolean;
}

/** The dispute manager, as far as one provider has to do with it. */
export interface DisputeChain {
  dispute(id: Hex): Promise<ChainDispute>;
  vote(id: Hex): Promise<ChainVote>;
  send(name: string, ...args: readonly unknown[]): Promise<void>;
  /** Unix seconds of now or of the newest block, whichever is later. */
  now(): Promise<number>;
}

export function createDisputeChain({
  chain,
  sender,
  manager: to,
  provider,
}: {
  readonly chain: Chain;
  readonly sender: Sender;
  readonly manager: Address;
  readonly provider: Address;
}): DisputeChain {
  const ask = (name: string, args: readonly unknown[]) =>
    chain.call({ to, abi: disputeAbi, name, args });
  return {
    async dispute(id) {
      const { status, commitEnds, revealEnds, answered } = await ask('dispute', [id]);
      return {
        status: DISPUTE_STATUS[Number(status)] ?? 'NONE',
        commitEnds: Number(commitEnds),
        revealEnds: Number(revealEnds),
        answered,
      };
    },
    async vote(id) {
      const { commitment, drawn, revealed } = await ask('voteOf', [id, provider]);
      return { drawn, revealed, commitment: BigInt(commitment) === 0n ? undefined : commitment };
    },
    async send(name, ...args) {
      await sender.send({ to, abi: disputeAbi, name, args });
    },
    async now() {
      const block = await chain.read((rpc) => rpc.getBlock('latest'));
      return Math.max(Math.floor(Date.now() / 1000), block?.timestamp ?? 0);
    },
  };
}
