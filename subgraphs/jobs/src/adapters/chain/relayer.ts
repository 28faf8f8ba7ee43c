import type { Log } from '@assay/kit';
import { AssayError, type Hex, lowerAddress } from '@assay/wire';
import {
  type AbstractProvider,
  type Interface,
  isError,
  type TransactionReceipt,
  Wallet,
} from 'ethers';
import { explainRevert } from './abi.ts';

/** No relayed call may cost more gas: an honest `open` needs about 120,000. */
const GAS_CAP = 400_000n;
const CONFIRM_TIMEOUT_MS = 60_000;

export interface ContractCall {
  readonly to: string;
  readonly abi: Interface;
  readonly method: string;
  readonly args: readonly unknown[];
}

export interface Relayer {
  /**
   * Simulates, then sends, then waits for the block. Resolves with the receipt's hash. Throws S408 where the chain refuses:
   * `details.reason` has the contract's error where it is known.
   */
  send(call: ContractCall): Promise<TransactionReceipt>;
}

/** Sends with one key, one transaction after another, so that nonces never collide. */
export function createRelayer(provider: AbstractProvider, key: Hex, log: Log): Relayer {
  const wallet = new Wallet(key, provider);
  let last: Promise<unknown> = Promise.resolve();

  async function submit({ to, abi, method, args }: ContractCall) {
    const data = abi.encodeFunctionData(method, [...args]);
    const from = lowerAddress(wallet.address);
    const gas = await provider.estimateGas({ from, to, data });
    if (gas > GAS_CAP)
      throw new AssayError('S408', {
        details: { reason: 'gas', gas: `${gas}`, cap: `${GAS_CAP}` },
      });
    const nonce = await provider.getTransactionCount(from, 'pending');
    return wallet.sendTransaction({ to, data, nonce, gasLimit: (gas * 5n) / 4n });
  }

  return {
    async send(call) {
      const sent = last.then(() => submit(call));
      last = sent.catch(() => undefined);
      try {
        const receipt = await (await sent).wait(1, CONFIRM_TIMEOUT_MS);
        if (receipt?.status === 1) return receipt;
        throw new AssayError('S408', { details: { reason: 'the transaction was reverted' } });
      } catch (cause) {
        const refusal = cause instanceof AssayError ? cause : chainRefusal(cause);
        log.warn({ err: cause, method: call.method, ...refusal.details }, 'transaction refused');
        throw refusal;
      }
    },
  };
}

/** What the contract said, else what ethers did. */
function chainRefusal(cause: unknown): AssayError {
  if (!isError(cause, 'CALL_EXCEPTION'))
    return new AssayError('S408', {
      cause,
      details: { reason: isError(cause, 'INSUFFICIENT_FUNDS') ? 'no gas' : 'unreachable' },
    });
  const explained = cause.data ? explainRevert(cause.data) : undefined;
  return new AssayError('S408', {
    cause,
    details: { reason: explained ?? cause.reason ?? 'reverted' },
  });
}
