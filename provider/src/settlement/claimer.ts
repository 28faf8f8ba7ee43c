import { type Address, AssayError, type Hex, lowerAddress } from '@assay/wire';
import type { Result, TransactionReceipt } from 'ethers';
import type { Logger } from 'pino';
import { escrowAbi } from '../chain/abi.ts';
import { type Chain, reasonOf } from '../chain/chain.ts';
import type { Sender } from '../chain/sender.ts';
import { type Claimable, type ClaimRules, planClaim } from './claim-policy.ts';
import { createRests } from './claim-rests.ts';
import type { HeldPayment, Ledger } from './ledger.ts';
import type { SessionFacts, SessionReader } from './session-facts.ts';

export interface ClaimerOptions {
  readonly provider: Address;
  readonly escrow: Address;
  readonly chain: Chain;
  readonly sender: Sender;
  readonly ledger: Ledger;
  readonly sessions: SessionReader;
  readonly rules: Omit<ClaimRules, 'urgentMs'>;
  readonly claimEveryMs: number;
  /** Withdraw matured earnings above this; 0 never. */
  readonly autoWithdrawAbove: bigint;
  readonly log: Logger;
}

export interface ClaimSummary {
  readonly txHash: string;
  readonly vouchers: number;
  readonly amount: bigint;
  readonly toProvider: bigint;
  readonly gasUsed: bigint;
}

/** Matured earnings that were paid out. */
export interface Withdrawal {
  readonly txHash: string;
  readonly block: number;
  /** Payment units, paid to `payout`. */
  readonly amount: bigint;
  readonly payout: Address;
  /** Payment units, paid to the delegators' rewards. */
  readonly toDelegators: bigint;
}

/** Redeems vouchers in batches, by itself and on demand. The journal decides what is left; the chain is asked before each claim. */
export interface Claimer {
  /** Claims what the rules find worth it, or everything with `all`. */
  claim(options?: { readonly all?: boolean }): Promise<ClaimSummary | undefined>;
  /** Undefined where nothing has matured. */
  withdraw(): Promise<Withdrawal | undefined>;
  start(): void;
  stop(): Promise<void>;
}

const MS_PER_SECOND = 1_000;
/** Sessions about to end are claimed this early, or two rounds before, where rounds are rare. */
const URGENT_MS = 10 * 60_000;
/** How often some sessions without an open claim are looked at, whether they are over. */
const SWEEP_MS = 60_000;
const SWEPT = 20;
const EVERYTHING: Pick<ClaimRules, 'minClaim' | 'gasFactor'> = { minClaim: 0n, gasFactor: 0 };

export function createClaimer(options: ClaimerOptions): Claimer {
  const { provider, escrow, chain, sender, ledger, sessions, log } = options;
  const rules = {
    ...options.rules,
    urgentMs: Math.max(URGENT_MS, 2 * options.claimEveryMs),
  };
  const rests = createRests(options.claimEveryMs);
  let sweptAt = 0;
  let swept = '';
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let round: Promise<unknown> = Promise.resolve();

  /** The payment with the chain's word on what is claimed already, and when its session ends. */
  async function inspect(payment: HeldPayment): Promise<Claimable | undefined> {
    const { sessionId, offerId } = payment;
    const [session, claimed, end] = await Promise.all([
      sessions.refresh(sessionId),
      chain.call({
        to: escrow,
        abi: escrowAbi,
        name: 'claimed',
        args: [sessionId, offerId],
      }) as Promise<bigint>,
      sessions.endOf(sessionId).catch((error: unknown) => {
        log.warn(
          { sessionId, reason: reasonOf(error) },
          'end of a session unknown: it is claimed by the other rules',
        );
        return undefined;
      }),
    ]);
    if (claimed > payment.claimed) await ledger.settle(sessionId, offerId, claimed);
    if (session.state === 'WITHDRAWN') {
      if (claimed < payment.cumulative)
        log.error(
          { sessionId, lost: `${payment.cumulative - claimed}` },
          'session withdrawn before its vouchers were claimed',
        );
      await ledger.writeOff(sessionId);
      return undefined;
    }
    if (claimed >= payment.cumulative || session.state === 'NONE') return undefined;
    const collectable = await collectableOf(payment.cumulative - claimed, session);
    if (collectable === 0n) return undefined; // a claim would be skipped, for gas; a top-up changes it
    const seconds = session.withdrawableAt > 0 ? session.withdrawableAt : end;
    return {
      payment: { ...payment, claimed },
      collectable,
      closing: session.state === 'CLOSING',
      endsAt: seconds === undefined ? undefined : seconds * MS_PER_SECOND,
    };
  }

  async function collectableOf(due: bigint, { balance, gateway }: SessionFacts): Promise<bigint> {
    if (balance >= due) return due;
    const bond = (await chain.call({
      to: escrow,
      abi: escrowAbi,
      name: 'bondOf',
      args: [gateway],
    })) as { readonly tokens: bigint };
    const there = balance + bond.tokens;
    return there < due ? there : due;
  }

  async function claim(all: boolean): Promise<ClaimSummary | undefined> {
    const held = ledger.unclaimed().filter((payment) => all || !rests.isResting(keyOf(payment)));
    if (held.length === 0) return undefined;
    const claimable = (await Promise.all(held.map(inspect))).filter((one) => one !== undefined);
    if (claimable.length === 0) return undefined;
    const fees = await chain.read((rpc) => rpc.getFeeData());
    const market = { now: Date.now(), gasPrice: fees.gasPrice ?? 0n };
    const batch = planClaim(claimable, all ? { ...rules, ...EVERYTHING } : rules, market);
    return batch.length === 0 ? undefined : redeem(batch);
  }

  async function redeem(batch: readonly HeldPayment[]): Promise<ClaimSummary> {
    const receipt = await sender.send({
      to: escrow,
      abi: escrowAbi,
      name: 'claim',
      args: [batch.map(redemption)],
    });
    const paid = await settleFrom(receipt);
    const summary = {
      txHash: receipt.hash,
      vouchers: batch.length,
      gasUsed: receipt.gasUsed,
      ...paid,
    };
    await ledger.recordClaim({ ...summary, gasPrice: receipt.gasPrice });
    log.info(
      {
        ...summary,
        amount: `${paid.amount}`,
        toProvider: `${paid.toProvider}`,
        gasUsed: `${receipt.gasUsed}`,
      },
      'claimed',
    );
    return summary;
  }

  const redemption = (payment: HeldPayment): Record<string, unknown> => ({
    sessionId: payment.sessionId,
    provider,
    modelId: payment.modelId,
    cumulative: payment.cumulative,
    receipts: payment.receipts,
    voucherSignature: payment.voucherSignature,
    guaranteeSignature: payment.guaranteeSignature ?? '0x',
  });

  async function settleFrom(
    receipt: TransactionReceipt,
  ): Promise<{ amount: bigint; toProvider: bigint }> {
    let amount = 0n;
    let toProvider = 0n;
    for (const entry of receipt.logs) {
      const event = entry.address.toLowerCase() === escrow ? escrowAbi.parseLog(entry) : null;
      if (event?.name === 'ClaimSkipped') rest(event.args);
      if (event?.name !== 'VoucherClaimed') continue;
      const { sessionId, offerId, cumulative, delta, providerAmount } = event.args;
      rests.end(`${sessionId}${offerId}`);
      amount += delta as bigint;
      toProvider += providerAmount as bigint;
      await ledger.settle(sessionId as Hex, offerId as Hex, cumulative as bigint);
    }
    return { amount, toProvider };
  }

  function rest({ sessionId, offerId, reason }: Result): void {
    rests.begin(`${sessionId}${offerId}`);
    log.warn({ sessionId, offerId, reason: `${reason}` }, 'the chain skipped a claim; it waits');
  }

  /** Payments of sessions that are over are not worth keeping in mind: nobody can claim or ask for them. */
  async function sweep(): Promise<void> {
    if (Date.now() - sweptAt < SWEEP_MS) return;
    sweptAt = Date.now();
    const some = ledger.settledSessions(swept, SWEPT);
    swept = some.length < SWEPT ? '' : (some.at(-1) ?? '');
    for (const sessionId of some)
      if ((await sessions.refresh(sessionId)).state === 'WITHDRAWN')
        await ledger.writeOff(sessionId);
  }

  async function withdraw(above: bigint): Promise<Withdrawal | undefined> {
    const [, matured] = (await chain.call({
      to: escrow,
      abi: escrowAbi,
      name: 'earningsOf',
      args: [provider],
    })) as bigint[];
    if (matured === undefined || matured <= above) return undefined;
    const receipt = await sender.send({
      to: escrow,
      abi: escrowAbi,
      name: 'withdrawEarnings',
      args: [provider],
    });
    const withdrawal = {
      ...withdrawalIn(receipt),
      txHash: receipt.hash,
      block: receipt.blockNumber,
    };
    const { amount, toDelegators } = withdrawal;
    log.info(
      { ...withdrawal, amount: `${amount}`, toDelegators: `${toDelegators}` },
      'earnings withdrawn',
    );
    return withdrawal;
  }

  function withdrawalIn({ logs, hash }: TransactionReceipt) {
    for (const entry of logs) {
      const event = entry.address.toLowerCase() === escrow ? escrowAbi.parseLog(entry) : null;
      if (event?.name !== 'EarningsWithdrawn') continue;
      const { payout, amount, toDelegators } = event.args;
      return {
        amount: amount as bigint,
        payout: lowerAddress(String(payout)),
        toDelegators: toDelegators as bigint,
      };
    }
    throw new AssayError('S408', { details: { txHash: hash, reason: 'it withdrew nothing' } });
  }

  /** One after another: two claims at once would pay gas twice for the same vouchers. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = round.then(work);
    round = turn.catch(() => undefined);
    return turn;
  }

  async function tick(): Promise<void> {
    try {
      await inTurn(() => claim(false));
      await inTurn(sweep);
      if (options.autoWithdrawAbove > 0n) await inTurn(() => withdraw(options.autoWithdrawAbove));
    } catch (error) {
      log.warn({ reason: reasonOf(error) }, 'claiming failed; it is tried again');
    }
    if (!stopped) timer = setTimeout(tick, options.claimEveryMs);
  }

  return {
    claim: ({ all = false } = {}) => inTurn(() => claim(all)),
    withdraw: () => inTurn(() => withdraw(0n)),
    start() {
      timer = setTimeout(tick, options.claimEveryMs);
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await round;
    },
  };
}

const keyOf = ({ sessionId, offerId }: HeldPayment): string => `${sessionId}${offerId}`;
