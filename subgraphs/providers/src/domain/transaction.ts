import type { Address, Hex } from '@assay/wire';
import type { StakingAction } from './staking-action.ts';

/** An unsigned transaction a wallet can send as it is. */
export interface TransactionRequest {
  readonly to: Address;
  readonly data: Hex;
  readonly value: bigint;
  /** Undefined where the simulation failed. */
  readonly gas: bigint | undefined;
  /** `ok`, or why it would fail now. */
  readonly simulation: string;
  /** To be sent before: the staking contract may not yet take the tokens. */
  readonly approval: TransactionRequest | undefined;
}

export interface TransactionBuilder {
  build(action: StakingAction, from: Address): Promise<TransactionRequest>;
}
