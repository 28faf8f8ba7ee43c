import { setImmediate as breathe } from 'node:timers/promises';
import type { Address, Hex } from '@assay/wire';
import { fromColumn } from '../store/amount-column.ts';
import type { Journal, Row } from '../store/journal.ts';

/** What one day's jobs of one model for one gateway brought; amounts are payment units. */
export interface EarningsLine {
  /** UTC, `2030-01-31`. */
  readonly day: string;
  readonly modelId: Hex;
  /** Name and version, where it was served here. */
  readonly model: string | undefined;
  readonly gateway: Address;
  jobs: number;
  units: bigint;
  earned: bigint;
  /** Of `earned`, what vouchers cover, and what was claimed: a session's receipts are covered oldest first. */
  vouchered: bigint;
  claimed: bigint;
}

export interface ClaimsLine {
  readonly day: string;
  claims: number;
  claimed: bigint;
  /** Less the fees and the royalty. */
  toProvider: bigint;
  gasWei: bigint;
}

export interface EarningsReport {
  readonly lines: readonly EarningsLine[];
  readonly claims: readonly ClaimsLine[];
}

const PAGE = 5_000;
const NEXT = `SELECT rowid AS row, session_id, offer_id, model_id, gateway, units, price, created_at FROM receipts
  WHERE paid != 2 AND (created_at, rowid) > (?, ?) ORDER BY created_at, rowid LIMIT ${PAGE}`;

/** Reads the journal page by page, so that a provider that serves meanwhile goes on doing so. */
export async function reportEarnings(journal: Journal): Promise<EarningsReport> {
  const cover = createCover(journal);
  const names = namesOf(journal);
  const lines = new Map<string, EarningsLine>();
  let last: [bigint, bigint] = [-1n, -1n];
  for (;;) {
    const page = journal.sql(NEXT).all(...last) as Row[];
    for (const row of page) add(lines, { row, names }, cover(row));
    const end = page.at(-1);
    if (end === undefined || page.length < PAGE) break;
    last = [end.created_at as bigint, end.row as bigint];
    await breathe();
  }
  return { lines: [...lines.values()], claims: claimsByDay(journal) };
}

interface Covered {
  readonly vouchered: bigint;
  readonly claimed: bigint;
}

/** Hands the vouchers of each session and offer out to its receipts, in the order these come. */
function createCover(journal: Journal): (receipt: Row) => Covered {
  const left = new Map<string, { vouchered: bigint; claimed: bigint }>();
  for (const row of journal.sql('SELECT * FROM payments').all() as Row[])
    left.set(`${row.session_id}${row.offer_id}`, {
      vouchered: fromColumn(row.cumulative),
      claimed: fromColumn(row.claimed),
    });
  return ({ session_id, offer_id, price }) => {
    const rest = left.get(`${session_id}${offer_id}`);
    if (rest === undefined) return { vouchered: 0n, claimed: 0n };
    const vouchered = least(rest.vouchered, fromColumn(price));
    const claimed = least(rest.claimed, fromColumn(price));
    rest.vouchered -= vouchered;
    rest.claimed -= claimed;
    return { vouchered, claimed };
  };
}

function namesOf(journal: Journal): ReadonlyMap<string, string> {
  const rows = journal.sql('SELECT * FROM models').all() as Row[];
  return new Map(rows.map((row) => [String(row.model_id), `${row.name} ${row.version}`]));
}

function add(
  lines: Map<string, EarningsLine>,
  { row, names }: { readonly row: Row; readonly names: ReadonlyMap<string, string> },
  covered: Covered,
): void {
  const day = dayOf(row.created_at);
  const [modelId, gateway] = [row.model_id as Hex, row.gateway as Address];
  const key = `${day}${modelId}${gateway}`;
  const none = { jobs: 0, units: 0n, earned: 0n, vouchered: 0n, claimed: 0n };
  const model = names.get(modelId);
  const line = lines.get(key) ?? { day, modelId, model, gateway, ...none };
  lines.set(key, line);
  line.jobs += 1;
  line.units += BigInt(String(row.units));
  line.earned += fromColumn(row.price);
  line.vouchered += covered.vouchered;
  line.claimed += covered.claimed;
}

function claimsByDay(journal: Journal): ClaimsLine[] {
  const days = new Map<string, ClaimsLine>();
  for (const row of journal.sql('SELECT * FROM claims ORDER BY at').all() as Row[]) {
    const day = dayOf(row.at);
    const line = days.get(day) ?? { day, claims: 0, claimed: 0n, toProvider: 0n, gasWei: 0n };
    days.set(day, line);
    line.claims += 1;
    line.claimed += fromColumn(row.amount);
    line.toProvider += fromColumn(row.to_provider);
    line.gasWei += fromColumn(row.gas_used) * fromColumn(row.gas_price);
  }
  return [...days.values()];
}

const dayOf = (at: unknown): string => new Date(Number(at)).toISOString().slice(0, 10);
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
