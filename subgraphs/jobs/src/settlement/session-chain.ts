import type { Address, Grant, Hex } from '@assay/wire';
import type { SessionStatus } from './session-account.ts';
import type { Authorization } from './session-service.ts';

/** What the escrow's events say of a session of this gateway. */
export interface EscrowSession {
  readonly sessionId: Hex;
  readonly payer: Address;
  readonly key: Address;
  readonly gatewayFeePpm: number;
  readonly expiresAt: bigint;
  readonly withdrawDelay: number;
  readonly policy: Hex;
  readonly salt: Hex;
  /** All that was ever paid in. */
  readonly deposit: bigint;
  readonly status: SessionStatus;
  readonly openedIn: Hex;
  readonly lastTransaction?: Hex;
}

/** The escrow and the payment token, as far as sessions need them. */
export interface SessionChain {
  /** The session as the chain knows it now, or undefined where it is not open with this gateway. */
  session(sessionId: Hex): Promise<EscrowSession | undefined>;
  /** Who signed the ERC-3009 authorisation with this nonce. */
  recoverPayer(
    nonce: Hex,
    authorization: Authorization,
    from: Address,
  ): Promise<Address | undefined>;
  /** Throws S410 where the payer cannot cover the amount. */
  requireFunds(payer: Address, amount: bigint): Promise<void>;
  open(grant: Grant, authorization: Authorization): Promise<Hex>;
  topUp(
    target: { readonly sessionId: Hex; readonly from: Address; readonly salt: Hex },
    authorization: Authorization,
  ): Promise<Hex>;
  close(grant: Grant, signature: Hex): Promise<Hex>;
}
