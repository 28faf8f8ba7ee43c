import type { Hex } from '@assay/wire';
import type { Journal, Row } from '../store/journal.ts';

export type DisputeRole = 'accused' | 'juror';
/** open: nothing sent yet. committed, revealed: a juror's. answered: an accused's. closed: the chain has a verdict. */
export type DisputeState = 'open' | 'committed' | 'revealed' | 'answered' | 'closed';

/** What this provider votes; kept before it is committed, since nobody can reveal what he forgot. */
export interface Vote {
  readonly available: boolean;
  readonly fingerprint: readonly number[];
  readonly salt: Hex;
}

export interface DisputeRecord {
  /** The ticket's digest. */
  readonly id: Hex;
  readonly role: DisputeRole;
  readonly modelId: Hex;
  readonly receipt: Hex;
  readonly inputRoot: Hex;
  /** Unix seconds. */
  readonly commitEnds: number;
  readonly revealEnds: number;
  /** What was last seen on chain; the chain itself decides what is done next. */
  readonly state: DisputeState;
  readonly vote: Vote | undefined;
  readonly note: string;
}

export interface DisputeBook {
  all(): DisputeRecord[];
  /** Notes a dispute as the chain has it now: after a reorg with other windows. Resolves with whether anything is new. */
  put(record: DisputeRecord): Promise<boolean>;
  update(id: Hex, change: Partial<Pick<DisputeRecord, 'state' | 'vote' | 'note'>>): Promise<void>;
  /** The next block to look at. */
  cursor(): number | undefined;
  moveCursor(block: number): Promise<void>;
}

const CURSOR = 'disputes.next-block';
/** A vote belongs to one receipt; the salt of one that may be on chain is never lost otherwise. */
const PUT = `
INSERT INTO disputes (id, role, model_id, receipt, input_root, commit_ends, reveal_ends, state)
VALUES (?, ?, ?, ?, ?, ?, ?, 'open')
ON CONFLICT (id) DO UPDATE SET
  role = excluded.role, model_id = excluded.model_id, input_root = excluded.input_root,
  commit_ends = excluded.commit_ends, reveal_ends = excluded.reveal_ends,
  vote = CASE WHEN receipt = excluded.receipt THEN vote END, receipt = excluded.receipt, state = 'open'
WHERE (role, receipt, commit_ends, reveal_ends)
  IS NOT (excluded.role, excluded.receipt, excluded.commit_ends, excluded.reveal_ends)`;
const UPDATE =
  'UPDATE disputes SET state = coalesce(?, state), vote = coalesce(?, vote), note = coalesce(?, note) WHERE id = ?';

export function createDisputeBook(journal: Journal): DisputeBook {
  return {
    all: () =>
      (journal.sql('SELECT * FROM disputes ORDER BY commit_ends DESC').all() as Row[]).map(
        toRecord,
      ),
    async put({ id, role, modelId, receipt, inputRoot, commitEnds, revealEnds }) {
      const { changes } = await journal.write(() =>
        journal
          .sql(PUT)
          .run(id, role, modelId, receipt, inputRoot, BigInt(commitEnds), BigInt(revealEnds)),
      );
      return Number(changes) > 0;
    },
    async update(id, { state, vote, note }) {
      await journal.write(() =>
        journal
          .sql(UPDATE)
          .run(state ?? null, vote === undefined ? null : JSON.stringify(vote), note ?? null, id),
      );
    },
    cursor() {
      const row = journal.sql('SELECT value FROM facts WHERE name = ?').get(CURSOR);
      return row === undefined ? undefined : Number(row.value);
    },
    async moveCursor(block) {
      await journal.write(() =>
        journal
          .sql('INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)')
          .run(CURSOR, String(block)),
      );
    },
  };
}

function toRecord(row: Row): DisputeRecord {
  return {
    id: row.id as Hex,
    role: row.role as DisputeRole,
    modelId: row.model_id as Hex,
    receipt: row.receipt as Hex,
    inputRoot: row.input_root as Hex,
    commitEnds: Number(row.commit_ends),
    revealEnds: Number(row.reveal_ends),
    state: row.state as DisputeState,
    vote: row.vote == null ? undefined : (JSON.parse(String(row.vote)) as Vote),
    note: String(row.note),
  };
}
