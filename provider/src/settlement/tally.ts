import type { Address, Hex } from '@assay/wire';
import { fromColumn } from '../store/amount-column.ts';
import type { Journal, Row } from '../store/journal.ts';

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

/** A receipt that a payment names no more, or (negative) no longer fails to name. */
export interface UnpaidChange {
  readonly gateway: Address;
  readonly createdAt: number;
  readonly value: bigint;
}
export type NoteUnpaid = (change: UnpaidChange) => void;

/**
 * Sums over everything in the journal. Whoever changes what a session earned, vouched or claimed does it through `change`, so
 * that nobody has to add up all there ever was.
 */
export interface Tally {
  readonly totals: LedgerTotals;
  /** Vouched but not claimed, over all sessions of a gateway. */
  unclaimedOf(gateway: Address): bigint;
  /** Receipts that count (see `since`) and that no payment has named, over all sessions of a gateway. */
  unpaidOf(gateway: Address): bigint;
  /** Receipts from before this no longer count as a risk. */
  since(): number;
  /** Runs `work` in the next commit and, once that is on the disk, takes over what it changed of the session. */
  change<T>(sessionId: Hex, work: (note: NoteUnpaid) => T): Promise<T>;
  noteClaim(claim: { readonly toProvider: bigint; readonly gas: bigint }): void;
}

type Sums = Omit<LedgerTotals, 'claimedToProvider' | 'gasPaid'>;
const NAMES = ['earned', 'vouched', 'claimed', 'unvouchered', 'unclaimed'] as const;
const BUCKET_MS = 60_000;
const above = (value: bigint): bigint => (value > 0n ? value : 0n);

export function createTally(journal: Journal, windowMs = Number.MAX_SAFE_INTEGER): Tally {
  const rows = (text: string, ...parameters: (string | bigint)[]): Row[] =>
    journal.sql(text).all(...parameters) as Row[];
  const unclaimed = new Map<string, bigint>();
  const unpaid = new Map<string, Map<number, bigint>>();
  const since = (): number => Date.now() - windowMs;

  /** What `where` selects, added up; with `unclaimed` also by gateway. */
  function sumsOf(where: string, parameters: string[], by: Map<string, bigint>): Sums {
    const payments = rows(`SELECT * FROM payments WHERE ${where}`, ...parameters);
    const vouchedOf = new Map(payments.map((row) => [keyOf(row), fromColumn(row.cumulative)]));
    const sums = { earned: 0n, jobs: 0, vouched: 0n, claimed: 0n, unvouchered: 0n, unclaimed: 0n };
    for (const row of rows(`SELECT * FROM earned WHERE ${where}`, ...parameters)) {
      const earned = fromColumn(row.amount);
      sums.earned += earned;
      sums.jobs += Number(row.jobs);
      sums.unvouchered += above(earned - (vouchedOf.get(keyOf(row)) ?? 0n));
    }
    for (const row of payments) {
      const [cumulative, claimed] = [fromColumn(row.cumulative), fromColumn(row.claimed)];
      const left = row.lost === 0n ? above(cumulative - claimed) : 0n;
      sums.vouched += cumulative;
      sums.claimed += claimed;
      sums.unclaimed += left;
      addTo(by, String(row.gateway), left);
    }
    return sums;
  }

  function noteUnpaid({ gateway, createdAt, value }: UnpaidChange): void {
    const buckets = unpaid.get(gateway) ?? new Map<number, bigint>();
    unpaid.set(gateway, buckets);
    addTo(buckets, Math.floor(createdAt / BUCKET_MS), value);
  }

  const claims = rows('SELECT * FROM claims');
  let totals: LedgerTotals = {
    ...sumsOf('TRUE', [], unclaimed),
    claimedToProvider: claims.reduce((sum, row) => sum + fromColumn(row.to_provider), 0n),
    gasPaid: claims.reduce(
      (sum, row) => sum + fromColumn(row.gas_used) * fromColumn(row.gas_price),
      0n,
    ),
  };
  const recent =
    'SELECT gateway, created_at, price FROM receipts WHERE created_at > ? AND paid != 1';
  for (const row of rows(recent, BigInt(Math.floor(since()))))
    noteUnpaid({
      gateway: row.gateway as Address,
      createdAt: Number(row.created_at),
      value: fromColumn(row.price),
    });

  return {
    get totals() {
      return totals;
    },
    since,
    unclaimedOf: (gateway) => unclaimed.get(gateway) ?? 0n,
    unpaidOf(gateway) {
      const buckets = unpaid.get(gateway) ?? new Map<number, bigint>();
      const oldest = Math.floor(since() / BUCKET_MS);
      for (const bucket of buckets.keys()) if (bucket < oldest) buckets.delete(bucket);
      return buckets.values().reduce((sum, value) => sum + value, 0n);
    },
    async change(sessionId, work) {
      const [before, after] = [new Map<string, bigint>(), new Map<string, bigint>()];
      const notes: UnpaidChange[] = [];
      const { value, old, now } = await journal.write(() => {
        const old = sumsOf('session_id = ?', [sessionId], before);
        const value = work((note) => notes.push(note));
        return { value, old, now: sumsOf('session_id = ?', [sessionId], after) };
      });
      const next = { ...totals, jobs: totals.jobs + now.jobs - old.jobs };
      for (const name of NAMES) next[name] += now[name] - old[name];
      totals = next;
      for (const [gateway, left] of before) addTo(unclaimed, gateway, -left);
      for (const [gateway, left] of after) addTo(unclaimed, gateway, left);
      for (const note of notes) noteUnpaid(note);
      return value;
    },
    noteClaim({ toProvider, gas }) {
      totals = {
        ...totals,
        claimedToProvider: totals.claimedToProvider + toProvider,
        gasPaid: totals.gasPaid + gas,
      };
    },
  };
}

const keyOf = (row: Row): string => `${row.session_id}${row.offer_id}`;

function addTo<Key>(sums: Map<Key, bigint>, key: Key, value: bigint): void {
  const sum = (sums.get(key) ?? 0n) + value;
  if (sum === 0n) sums.delete(key);
  else sums.set(key, sum);
}
