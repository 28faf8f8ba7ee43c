import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { AssayError } from '@assay/wire';
import { dropUnusedColumns } from './drop-unused-columns.ts';
import { JOURNAL_SCHEMA } from './journal-schema.ts';

export type SqlValue = string | number | bigint | Uint8Array | null;
export type Row = Record<string, SqlValue>;

/**
 * The provider's durable memory: one SQLite file, one process at a time. Writes of one turn of the event loop share a
 * transaction and one fsync; a promise resolves when its write is on the disk, and only then may what it stands for leave.
 */
export interface Journal {
  /** Queues a write for the next commit. `work` runs inside the transaction; if it throws, only its promise rejects. */
  write<T>(work: () => T): Promise<T>;
  /** A prepared statement; they are kept. */
  sql(text: string): StatementSync;
  /** Commits what is queued and closes the file. */
  close(): void;
}

interface Pending {
  readonly work: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

function openDatabase(dataDir: string): DatabaseSync {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, 'journal.db');
  const database = new DatabaseSync(file);
  try {
    // Exclusive from the first write on: two supervisors on one journal could sign two receipts for one ticket.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA busy_timeout = 500;');
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
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
export function openJournal(dataDir: string): Journal {
  const database = openDatabase(dataDir);
  const statements = new Map<string, StatementSync>();
  let pending: Pending[] = [];
  let closed = false;

  function sql(text: string): StatementSync {
    const known = statements.get(text);
    if (known) return known;
    const statement = database.prepare(text);
    statement.setReadBigInts(true);
    statements.set(text, statement);
    return statement;
  }

  function commit(): void {
    const batch = pending;
    pending = [];
    if (batch.length === 0) return;
    const settled: (() => void)[] = [];
    try {
      database.exec('BEGIN IMMEDIATE');
      for (const entry of batch) settled.push(runIn(database, entry));
      database.exec('COMMIT');
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const settle of settled) settle();
  }

  return {
    sql,
    write<T>(work: () => T): Promise<T> {
      if (closed)
        return Promise.reject(
          new AssayError('P305', { details: { reason: 'the journal is closed' } }),
        );
      return new Promise<T>((resolve, reject) => {
        if (pending.length === 0) setImmediate(commit);
        pending.push({ work, resolve, reject });
      });
    },
    close() {
      if (closed) return;
      closed = true;
      commit();
      database.close();
    },
  };
}

/** Runs one write in its own savepoint, so that a failing one takes nothing else back. */
function runIn(database: DatabaseSync, { work, resolve, reject }: Pending): () => void {
  database.exec('SAVEPOINT entry');
  try {
    const value = work();
    database.exec('RELEASE entry');
    return () => resolve(value as never);
  } catch (error) {
    database.exec('ROLLBACK TO entry; RELEASE entry');
    return () => reject(error);
  }
}
