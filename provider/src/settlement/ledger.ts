import type { Address, FrameMeta, Hex } from '@assay/wire';
import { fromColumn, toColumn } from '../store/amount-column.ts';
import type { Journal, Row } from '../store/journal.ts';

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
  /** Receipts chained by the last payment, so that `holdings` repeats it whole. */
  readonly digests: readonly Hex[];
  readonly unclaimedSince: number | undefined;
}

export interface SessionBalance {
  /** Value of receipts over what vouchers cover, summed over offers; an overpaid offer does not offset another. */
  readonly unvouchered: bigint;
  /** Receipts no guarantee has named yet. */
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
  holdings(gateway: Address): HeldPayment[];
  unclaimed(): HeldPayment[];
  unclaimedOf(gateway: Address): bigint;
  settle(sessionId: Hex, offerId: Hex, claimed: bigint): Promise<void>;
  /** Receipts whose attempts a gateway gave up: they are not owed. */
  forgive(tickets: readonly Hex[]): Promise<void>;
  /** The rest of a withdrawn session cannot be claimed any more. */
  writeOff(sessionId: Hex): Promise<void>;
  recordClaim(claim: ClaimRecord): Promise<void>;
  totals(): LedgerTotals;
}

export interface LedgerTotals {
  readonly earned: bigint;
  readonly jobs: number;
  readonly vouched: bigint;
  readonly claimed: bigint;
  readonly claimedToProvider: bigint;
  readonly gasPaid: bigint;
  readonly unvouchered: bigint;
  readonly unclaimed: bigint;
}

const KEEP = `INSERT INTO payments (session_id, offer_id, model_id, gateway, cumulative, claimed, voucher_signature, guarantee_signature, receipts, digests, unclaimed_since)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (session_id, offer_id) DO UPDATE SET cumulative = excluded.cumulative, voucher_signature = excluded.voucher_signature,
    guarantee_signature = excluded.guarantee_signature, receipts = excluded.receipts, digests = excluded.digests,
    unclaimed_since = coalesce(unclaimed_since, excluded.unclaimed_since)`;

const UNPAID = `SELECT r.offer_id, r.price, e.amount AS earned, coalesce(p.cumulative, '0') AS cumulative
  FROM receipts r JOIN earned e USING (session_id, offer_id) LEFT JOIN payments p USING (session_id, offer_id)
  WHERE r.session_id = ? AND r.paid = 0 AND r.price > ? AND r.created_at > ?`;
const ZERO = toColumn(0n);
const sum = (amounts: Iterable<bigint>): bigint =>
  Iterator.from(amounts).reduce((a, b) => a + b, 0n);
const above = (value: bigint): bigint => (value > 0n ? value : 0n);
const remaining = ({ cumulative, claimed }: HeldPayment): bigint => above(cumulative - claimed);

export function createLedger(journal: Journal, forgiveAfterMs = Number.MAX_SAFE_INTEGER): Ledger {
  const rows = (text: string, ...parameters: (string | bigint)[]): Row[] =>
    journal.sql(text).all(...parameters) as Row[];
  const payments = (where: string, ...parameters: string[]): HeldPayment[] =>
    rows(`SELECT * FROM payments WHERE ${where}`, ...parameters).map(toHeld);
  const held = (sessionId: Hex, offerId: Hex): HeldPayment | undefined =>
    payments('session_id = ? AND offer_id = ?', sessionId, offerId)[0];
  const unclaimed = (): HeldPayment[] => payments('unclaimed_since IS NOT NULL AND lost = 0');
  const owedBy = (where: string, ...parameters: string[]): bigint =>
    sum(
      rows(
        `SELECT e.amount AS earned, coalesce(p.cumulative, '${ZERO}') AS cumulative FROM earned e
         LEFT JOIN payments p USING (session_id, offer_id) WHERE ${where}`,
        ...parameters,
      ).map((row) => above(fromColumn(row.earned) - fromColumn(row.cumulative))),
    );

  const unclaimedSum = (where: string, parameter: string): bigint =>
    sum(
      rows(`SELECT cumulative, claimed FROM payments WHERE lost = 0 AND ${where}`, parameter).map(
        (row) => above(fromColumn(row.cumulative) - fromColumn(row.claimed)),
      ),
    );
  function keepHigher(
    payment: FrameMeta<'payment'>,
    owner: { gateway: Address; modelId: Hex },
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
        JSON.stringify(payment.receiptDigests),
        BigInt(Date.now()),
      );
    for (const digest of payment.receiptDigests)
      journal
        .sql('UPDATE receipts SET paid = 1 WHERE digest = ? AND session_id = ?')
        .run(digest, sessionId);
    if (fromColumn(earnedBy(sessionId, offerId)) <= cumulative)
      journal
        .sql('UPDATE receipts SET paid = 1 WHERE session_id = ? AND offer_id = ? AND paid = 0')
        .run(sessionId, offerId);
    return held(sessionId, offerId) as HeldPayment;
  }
  const earnedBy = (sessionId: Hex, offerId: Hex): unknown =>
    rows('SELECT amount FROM earned WHERE session_id = ? AND offer_id = ?', sessionId, offerId)[0]
      ?.amount ?? 0;

  function forgiveOne(ticket: Hex): void {
    const [row] = rows(
      'SELECT session_id, offer_id, price FROM receipts WHERE ticket = ? AND paid = 0',
      ticket,
    );
    if (row === undefined) return;
    const [session, offer] = [String(row.session_id), String(row.offer_id)];
    const earned = fromColumn(earnedBy(session as Hex, offer as Hex)) - fromColumn(row.price);
    journal.sql('UPDATE receipts SET paid = 2 WHERE ticket = ?').run(ticket);
    journal
      .sql('UPDATE earned SET amount = ?, jobs = jobs - 1 WHERE session_id = ? AND offer_id = ?')
      .run(toColumn(above(earned)), session, offer);
  }

  return {
    balanceOf(sessionId) {
      const since = BigInt(Date.now() - forgiveAfterMs);
      const unpaid = rows(UNPAID, sessionId, ZERO, since);
      const byOffer = Map.groupBy(unpaid, (row) => row.offer_id);
      return {
        unvouchered: sum(byOffer.values().map(owedFor)),
        unpaidJobs: unpaid.length,
        unclaimed: unclaimedSum('session_id = ?', sessionId),
      };
    },
    held,
    keep: (payment, owner) => journal.write(() => keepHigher(payment, owner)),
    holdings: (gateway) =>
      payments('gateway = ? AND lost = 0 ORDER BY session_id, offer_id', gateway),
    unclaimed,
    unclaimedOf: (gateway) => unclaimedSum('gateway = ? AND unclaimed_since IS NOT NULL', gateway),
    async settle(sessionId, offerId, claimed) {
      await journal.write(() => {
        journal
          .sql(
            `UPDATE payments SET claimed = max(claimed, ?1), unclaimed_since = CASE WHEN cumulative > max(claimed, ?1) THEN unclaimed_since END
             WHERE session_id = ?2 AND offer_id = ?3`,
          )
          .run(toColumn(claimed), sessionId, offerId);
      });
    },
    async forgive(tickets) {
      await journal.write(() => {
        for (const ticket of tickets) forgiveOne(ticket);
      });
    },
    async writeOff(sessionId) {
      await journal.write(() =>
        journal
          .sql('UPDATE payments SET lost = 1 WHERE session_id = ? AND cumulative > claimed')
          .run(sessionId),
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
    },
    totals() {
      const earned = rows('SELECT amount, jobs FROM earned');
      const all = payments('TRUE');
      const claims = rows('SELECT * FROM claims');
      return {
        earned: sum(earned.map((row) => fromColumn(row.amount))),
        jobs: earned.reduce((jobs, row) => jobs + Number(row.jobs), 0),
        vouched: sum(all.map((payment) => payment.cumulative)),
        claimed: sum(all.map((payment) => payment.claimed)),
        claimedToProvider: sum(claims.map((row) => fromColumn(row.to_provider))),
        gasPaid: sum(claims.map((row) => fromColumn(row.gas_used) * fromColumn(row.gas_price))),
        unvouchered: owedBy('TRUE'),
        unclaimed: sum(unclaimed().map(remaining)),
      };
    },
  };
}

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
    digests: JSON.parse(String(row.digests)) as Hex[],
    unclaimedSince: row.unclaimed_since == null ? undefined : Number(row.unclaimed_since),
  };
}
