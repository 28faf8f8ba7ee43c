import type { Address, FrameMeta, Hex } from '@assay/wire';
import { fromColumn, toColumn } from '../store/amount-column.ts';
import type { Journal, Row } from '../store/journal.ts';
import type { LedgerTotals, NoteUnpaid, Tally, UnpaidChange } from './tally.ts';

/** The highest payment held for one (session, offer). */
export interface HeldPayment {
  readonly sessionId: Hex;
  readonly offerId: Hex;
  readonly modelId: Hex;
  readonly gateway: Address;
  readonly cumulative: bigint;
  readonly claimed: bigint;
  readonly voucherSignature: Hex;
  readonly guaranteeSignature: Hex | undefined;
  readonly receipts: Hex;
  readonly unclaimedSince: number | undefined;
}

export interface SessionBalance {
  /**
   * Value of receipts over what vouchers cover, summed over offers; an overpaid offer does not offset another. What the gateway
   * gave up lately is in it: cutting the link must not be a way to more credit.
   */
  readonly unvouchered: bigint;
  /** Receipts no guarantee has named yet, those given up included. */
  readonly unpaidJobs: number;
  /** Vouched but not claimed. */
  readonly unclaimed: bigint;
}

export interface ClaimRecord {
  readonly txHash: string;
  readonly vouchers: number;
  readonly amount: bigint;
  readonly toProvider: bigint;
  readonly gasUsed: bigint;
  readonly gasPrice: bigint;
}

/** What sessions owe, what they vouched for, and what was claimed: all of it on the disk. */
export interface Ledger {
  balanceOf(sessionId: Hex): SessionBalance;
  held(sessionId: Hex, offerId: Hex): HeldPayment | undefined;
  /** Stores a verified payment if it is the highest; resolves with what is held then. */
  keep(
    payment: FrameMeta<'payment'>,
    owner: { readonly gateway: Address; readonly modelId: Hex },
  ): Promise<HeldPayment>;
  /** Of sessions that are not over. */
  holdings(gateway: Address): HeldPayment[];
  unclaimed(): HeldPayment[];
  /** What a gateway could cost: vouched but not claimed, and worked for without a voucher, over all its sessions. */
  exposureOf(gateway: Address): bigint;
  /** Sessions after `after` with payments that are all claimed, in order of their ids. */
  settledSessions(after: string, limit: number): Hex[];
  settle(sessionId: Hex, offerId: Hex, claimed: bigint): Promise<void>;
  /** Receipts whose attempts a gateway gave up: not owed, but a risk like any other until they are old. */
  forgive(tickets: readonly Hex[]): Promise<void>;
  /** The rest of a withdrawn session cannot be claimed any more. */
  writeOff(sessionId: Hex): Promise<void>;
  recordClaim(claim: ClaimRecord): Promise<void>;
  totals(): LedgerTotals;
}

const KEEP = `INSERT INTO payments (session_id, offer_id, model_id, gateway, cumulative, claimed, voucher_signature, guarantee_signature, receipts, unclaimed_since)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (session_id, offer_id) DO UPDATE SET cumulative = excluded.cumulative, voucher_signature = excluded.voucher_signature,
    guarantee_signature = excluded.guarantee_signature, receipts = excluded.receipts,
    unclaimed_since = coalesce(unclaimed_since, excluded.unclaimed_since)`;

const UNPAID = `SELECT r.offer_id, r.price, e.amount AS earned, coalesce(p.cumulative, '0') AS cumulative
  FROM receipts r JOIN earned e USING (session_id, offer_id) LEFT JOIN payments p USING (session_id, offer_id)
  WHERE r.session_id = ? AND r.paid = 0 AND r.price > ? AND r.created_at > ?`;
const PAY_ALL = `UPDATE receipts SET paid = 1 WHERE session_id = ? AND offer_id = ? AND paid = 0
  RETURNING gateway, created_at, price`;
const NAMED = 'SELECT * FROM receipts WHERE digest = ? AND session_id = ? AND paid != 1';
const OPEN = 'SELECT session_id, offer_id, price FROM receipts WHERE ticket = ? AND paid = 0';
/** What a claim left over waits as long as any other voucher before it is claimed whatever its size. */
const SETTLE = `UPDATE payments SET claimed = max(claimed, ?1), unclaimed_since = CASE
  WHEN cumulative <= max(claimed, ?1) THEN NULL WHEN ?1 > claimed THEN ?2 ELSE unclaimed_since END
  WHERE session_id = ?3 AND offer_id = ?4`;
const SETTLED = `SELECT session_id FROM payments WHERE lost = 0 AND session_id > ?
  GROUP BY session_id HAVING max(unclaimed_since) IS NULL ORDER BY session_id LIMIT ?`;
const ZERO = toColumn(0n);
const sum = (amounts: Iterable<bigint>): bigint =>
  Iterator.from(amounts).reduce((a, b) => a + b, 0n);
const above = (value: bigint): bigint => (value > 0n ? value : 0n);
const remaining = ({ cumulative, claimed }: HeldPayment): bigint => above(cumulative - claimed);

const GIVEN_UP =
  'SELECT price FROM receipts WHERE session_id = ? AND paid = 2 AND price > ? AND created_at > ?';

export function createLedger(journal: Journal, tally: Tally): Ledger {
  const rows = (text: string, ...parameters: (string | bigint)[]): Row[] =>
    journal.sql(text).all(...parameters) as Row[];
  const payments = (where: string, ...parameters: string[]): HeldPayment[] =>
    rows(`SELECT * FROM payments WHERE ${where}`, ...parameters).map(toHeld);
  const held = (sessionId: Hex, offerId: Hex): HeldPayment | undefined =>
    payments('session_id = ? AND offer_id = ?', sessionId, offerId)[0];
  const unclaimed = (): HeldPayment[] => payments('unclaimed_since IS NOT NULL AND lost = 0');

  function keepHigher(
    payment: FrameMeta<'payment'>,
    owner: { gateway: Address; modelId: Hex },
    note: NoteUnpaid,
  ): HeldPayment {
    const { sessionId, offerId } = payment;
    const before = held(sessionId, offerId);
    const cumulative = BigInt(payment.cumulative);
    if (before && before.cumulative >= cumulative) return before;
    journal
      .sql(KEEP)
      .run(
        sessionId,
        offerId,
        owner.modelId,
        owner.gateway,
        toColumn(cumulative),
        toColumn(before?.claimed ?? 0n),
        payment.signature,
        payment.guarantee ?? null,
        payment.receipts,
        BigInt(Date.now()),
      );
    for (const digest of payment.receiptDigests) settleNamed(digest, sessionId, note);
    if (fromColumn(earnedBy(sessionId, offerId)) <= cumulative)
      for (const row of rows(PAY_ALL, sessionId, offerId)) note(paid(row));
    return held(sessionId, offerId) as HeldPayment;
  }
  const earnedBy = (sessionId: Hex, offerId: Hex): unknown =>
    rows('SELECT amount FROM earned WHERE session_id = ? AND offer_id = ?', sessionId, offerId)[0]
      ?.amount ?? 0;

  /** A payment that names a receipt its gateway had given up pays it all the same: it is earned again. */
  function settleNamed(digest: Hex, sessionId: Hex, note: NoteUnpaid): void {
    const [row] = rows(NAMED, digest, sessionId);
    if (row === undefined) return;
    journal.sql('UPDATE receipts SET paid = 1 WHERE digest = ?').run(digest);
    note(paid(row));
    if (row.paid === 2n) addEarned(row, fromColumn(row.price), 1n);
  }

  function addEarned(receipt: Row, value: bigint, jobs: bigint): void {
    const [session, offer] = [String(receipt.session_id), String(receipt.offer_id)];
    const earned = fromColumn(earnedBy(session as Hex, offer as Hex)) + value;
    journal
      .sql('UPDATE earned SET amount = ?, jobs = jobs + ? WHERE session_id = ? AND offer_id = ?')
      .run(toColumn(above(earned)), jobs, session, offer);
  }

  function forgiveOne(ticket: Hex): void {
    const [row] = rows(OPEN, ticket);
    if (row === undefined) return;
    journal.sql('UPDATE receipts SET paid = 2 WHERE ticket = ?').run(ticket);
    addEarned(row, -fromColumn(row.price), -1n);
  }

  return {
    balanceOf(sessionId) {
      const since = BigInt(Math.floor(tally.since()));
      const unpaid = rows(UNPAID, sessionId, ZERO, since);
      const givenUp = rows(GIVEN_UP, sessionId, ZERO, since);
      const byOffer = Map.groupBy(unpaid, (row) => row.offer_id);
      return {
        unvouchered:
          sum(byOffer.values().map(owedFor)) + sum(givenUp.map((row) => fromColumn(row.price))),
        unpaidJobs: unpaid.length + givenUp.length,
        unclaimed: sum(payments('session_id = ? AND lost = 0', sessionId).map(remaining)),
      };
    },
    held,
    keep: (payment, owner) =>
      tally.change(payment.sessionId, (note) => keepHigher(payment, owner, note)),
    holdings: (gateway) =>
      payments('gateway = ? AND lost = 0 ORDER BY session_id, offer_id', gateway),
    unclaimed,
    exposureOf: (gateway) => tally.unclaimedOf(gateway) + tally.unpaidOf(gateway),
    settledSessions: (after, limit) =>
      rows(SETTLED, after, BigInt(limit)).map((row) => row.session_id as Hex),
    async settle(sessionId, offerId, claimed) {
      await tally.change(sessionId, () =>
        journal.sql(SETTLE).run(toColumn(claimed), BigInt(Date.now()), sessionId, offerId),
      );
    },
    async forgive(tickets) {
      const sessions = Map.groupBy(tickets, (ticket) => rows(OPEN, ticket)[0]?.session_id);
      for (const [sessionId, own] of sessions)
        if (sessionId != null)
          await tally.change(sessionId as Hex, () => {
            for (const ticket of own) forgiveOne(ticket);
          });
    },
    async writeOff(sessionId) {
      await tally.change(sessionId, () =>
        journal.sql('UPDATE payments SET lost = 1 WHERE session_id = ?').run(sessionId),
      );
    },
    async recordClaim({ txHash, vouchers, amount, toProvider, gasUsed, gasPrice }) {
      const values = [toColumn(amount), toColumn(toProvider), `${gasUsed}`, `${gasPrice}`];
      await journal.write(() =>
        journal
          .sql(
            'INSERT INTO claims (tx_hash, at, vouchers, amount, to_provider, gas_used, gas_price) VALUES (?, ?, ?, ?, ?, ?, ?)',
          )
          .run(txHash, BigInt(Date.now()), BigInt(vouchers), ...values),
      );
      tally.noteClaim({ toProvider, gas: gasUsed * gasPrice });
    },
    totals: () => tally.totals,
  };
}

/** No longer among what is not paid. */
const paid = (row: Row): UnpaidChange => ({
  gateway: row.gateway as Address,
  createdAt: Number(row.created_at),
  value: -fromColumn(row.price),
});

/** What one offer is owed for these receipts, never more than its earnings over its vouchers. */
function owedFor(receipts: readonly Row[]): bigint {
  const [first] = receipts;
  const recent = sum(receipts.map((row) => fromColumn(row.price)));
  const owed = first ? above(fromColumn(first.earned) - fromColumn(first.cumulative)) : 0n;
  return owed < recent ? owed : recent;
}

function toHeld(row: Row): HeldPayment {
  return {
    sessionId: row.session_id as Hex,
    offerId: row.offer_id as Hex,
    modelId: row.model_id as Hex,
    gateway: row.gateway as Address,
    cumulative: fromColumn(row.cumulative),
    claimed: fromColumn(row.claimed),
    voucherSignature: row.voucher_signature as Hex,
    guaranteeSignature: (row.guarantee_signature ?? undefined) as Hex | undefined,
    receipts: row.receipts as Hex,
    unclaimedSince: row.unclaimed_since == null ? undefined : Number(row.unclaimed_since),
  };
}
