import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { AssayError } from '@assay/wire';
import { dropUnusedColumns } from './drop-unused-columns.ts';
import { JOURNAL_SCHEMA } from './journal-schema.ts';
import { type WriteAheadLog, writeAheadLog } from './write-ahead-log.ts';

export type SqlValue = string | number | bigint | Uint8Array | null;
export type Row = Record<string, SqlValue>;

/**
 * The provider's durable memory: one SQLite file, one process at a time. Writes of one turn of the event loop share a
 * transaction, commits that wait for the disk share a flush, and nothing else waits meanwhile. A promise resolves when
 * its write is on the disk, and only then may what it stands for leave.
 */
export interface Journal {
  /** Queues a write for the next commit. `work` runs inside the transaction; if it throws, only its promise rejects. */
  write<T>(work: () => T): Promise<T>;
  /**
   * The same for what a power cut may take back: it is committed with the next write, or alone soon after, and reaches the
   * disk with a later write. Resolves when it is committed.
   */
  note<T>(work: () => T): Promise<T>;
  /** A prepared statement; they are kept. It sees what is committed, also what is not on the disk yet. */
  sql(text: string): StatementSync;
  /** Commits what is queued and closes the file. */
  close(): void;
}

interface Pending {
  readonly work: () => unknown;
  readonly isNote: boolean;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

interface Committed {
  readonly isNote: boolean;
  readonly settle: () => void;
  readonly reject: (error: unknown) => void;
}

const NOTE_MS = 100;

function openDatabase(dataDir: string, file: string): DatabaseSync {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(file);
  try {
    // Exclusive from the first write on: two supervisors on one journal could sign two receipts for one ticket.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA busy_timeout = 500;');
    // NORMAL flushes at checkpoints only: each commit is flushed here, without blocking the event loop.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    database.exec(JOURNAL_SCHEMA);
    dropUnusedColumns(database);
    chmodSync(file, 0o600);
    return database;
  } catch (cause) {
    database.close();
    if (/locked|busy/i.test(String(cause)))
      throw new AssayError('P323', { details: { dataDir }, cause });
    throw cause;
  }
}

/** Opens or creates `<dataDir>/journal.db`. Throws P323 while another process has it. */
export function openJournal(
  dataDir: string,
  logOf: (databaseFile: string) => WriteAheadLog = writeAheadLog,
): Journal {
  const file = join(dataDir, 'journal.db');
  const database = openDatabase(dataDir, file);
  const log = logOf(file);
  const statements = new Map<string, StatementSync>();
  let pending: Pending[] = [];
  let unflushed: Committed[] = [];
  let flushing = false;
  let immediate: NodeJS.Immediate | undefined;
  let timer: NodeJS.Timeout | undefined;
  let refusal: AssayError | undefined;

  function sql(text: string): StatementSync {
    const known = statements.get(text);
    if (known) return known;
    const statement = database.prepare(text);
    statement.setReadBigInts(true);
    statements.set(text, statement);
    return statement;
  }

  function commit(): void {
    clearImmediate(immediate);
    clearTimeout(timer);
    immediate = undefined;
    timer = undefined;
    const batch = pending;
    pending = [];
    if (batch.length === 0) return;
    try {
      sql('BEGIN IMMEDIATE').run();
      const committed = batch.map((entry) => runIn(entry, sql));
      sql('COMMIT').run();
      settleAll(committed.filter(({ isNote }) => isNote));
      unflushed.push(...committed.filter(({ isNote }) => !isNote));
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      for (const { reject } of batch) reject(error);
    }
  }

  async function flush(): Promise<void> {
    if (flushing) return;
    flushing = true;
    while (unflushed.length > 0) {
      const batch = unflushed;
      unflushed = [];
      await log.sync().then(
        () => settleAll(batch),
        (error: unknown) => breakDown(batch, error),
      );
    }
    flushing = false;
    if (!database.isOpen) log.close();
  }

  /**
   * After a failed flush nobody knows what is on the disk, and a second try may succeed without having written: nothing
   * more is accepted, and the next start reads what is there.
   */
  function breakDown(batch: readonly Committed[], cause: unknown): void {
    const details = { reason: 'the journal cannot be written to the disk' };
    refusal ??= new AssayError('P300', { details, cause });
    for (const { reject } of [...batch, ...unflushed, ...pending]) reject(refusal);
    unflushed = [];
    pending = [];
  }

  function commitAndFlush(): void {
    commit();
    void flush();
  }

  function queue<T>(work: () => T, isNote: boolean): Promise<T> {
    if (refusal !== undefined) return Promise.reject(refusal);
    if (isNote) timer ??= setTimeout(commitAndFlush, NOTE_MS);
    else immediate ??= setImmediate(commitAndFlush);
    return new Promise<T>((resolve, reject) => pending.push({ work, isNote, resolve, reject }));
  }

  return {
    sql,
    write: (work) => queue(work, false),
    note: (work) => queue(work, true),
    close() {
      if (!database.isOpen) return;
      refusal ??= new AssayError('P305', { details: { reason: 'the journal is closed' } });
      commit();
      const batch = unflushed;
      unflushed = [];
      if (batch.length > 0) log.syncNow();
      settleAll(batch);
      if (!flushing) log.close();
      database.close();
    },
  };
}

function settleAll(batch: readonly Committed[]): void {
  for (const { settle } of batch) settle();
}

/** Runs one write in its own savepoint, so that a failing one takes nothing else back. */
function runIn({ work, isNote, resolve, reject }: Pending, sql: Journal['sql']): Committed {
  sql('SAVEPOINT entry').run();
  try {
    const value = work();
    sql('RELEASE entry').run();
    return { isNote, settle: () => resolve(value as never), reject };
  } catch (error) {
    sql('ROLLBACK TO entry').run();
    sql('RELEASE entry').run();
    return { isNote, settle: () => reject(error), reject };
  }
}
