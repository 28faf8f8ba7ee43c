import { AssayError, type Hex } from '@assay/wire';
import { type AccountChanges, noChanges } from './account-changes.ts';
import type { LedgerStore, VersionedAccount } from './ledger-store.ts';
import type { SessionAccount } from './session-account.ts';

/** A change of one session's account. It throws before it changes anything, or not at all. */
export type Operation<T> = (account: SessionAccount, changes: AccountChanges) => T;

/** The accounts of all sessions. Operations on one session happen one after another, wherever they come from. */
export interface Ledger {
  /** Applies an operation and resolves once it is stored. Throws S404 for an unknown session, S408 where nothing can be stored. */
  apply<T>(sessionId: Hex, operation: Operation<T>): Promise<T>;
  /** Stores a new account, unless it exists: then that one stays. */
  create(account: SessionAccount): Promise<void>;
  /** The account as it is stored now, for reading only. */
  read(sessionId: Hex): Promise<SessionAccount | undefined>;
  /** The copy in memory, if there is one: possibly old where several instances run. */
  peek(sessionId: Hex): SessionAccount | undefined;
}

interface Waiting {
  readonly operation: Operation<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

const MAX_CACHED = 10_000;
const MAX_CONFLICTS = 20;

/**
 * Operations that arrive while a write is under way are written together afterwards: many jobs of one session cost few
 * round trips. A conflict with another instance reloads the account and applies them again.
 */
export function createLedger(store: LedgerStore): Ledger {
  const cached = new Map<Hex, VersionedAccount>();
  const queues = new Map<Hex, Waiting[]>();

  async function current(sessionId: Hex): Promise<VersionedAccount> {
    const known = cached.get(sessionId) ?? (await store.load(sessionId));
    if (known === undefined) throw new AssayError('S404', { details: { sessionId } });
    keep(sessionId, known);
    return known;
  }

  function keep(sessionId: Hex, versioned: VersionedAccount): void {
    cached.delete(sessionId);
    cached.set(sessionId, versioned);
    if (cached.size <= MAX_CACHED) return;
    for (const oldest of cached.keys()) {
      if (queues.has(oldest)) continue;
      cached.delete(oldest);
      return;
    }
  }

  async function drain(sessionId: Hex, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.splice(0);
      await commitBatch(sessionId, batch).catch((error: unknown) => {
        cached.delete(sessionId);
        for (const { reject } of batch) reject(error);
      });
    }
    queues.delete(sessionId);
  }

  async function commitBatch(sessionId: Hex, batch: readonly Waiting[]): Promise<void> {
    for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
      const { version, account } = await current(sessionId);
      const changes = noChanges();
      const outcomes = batch.map((waiting) => attempt(waiting, account, changes));
      if (outcomes.every((outcome) => !outcome.changed)) return settle(batch, outcomes);
      if (await storeChanges(account, changes, version)) {
        keep(sessionId, { version: version + 1, account });
        return settle(batch, outcomes);
      }
      cached.delete(sessionId);
    }
    throw new AssayError('G800', { details: { sessionId, reason: 'too many conflicts' } });
  }

  async function storeChanges(account: SessionAccount, changes: AccountChanges, version: number) {
    return store.commit(account, changes, version).catch((cause: unknown) => {
      throw new AssayError('G805', { cause, details: { part: 'ledger' } });
    });
  }

  return {
    apply<T>(sessionId: Hex, operation: Operation<T>): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        const waiting: Waiting = { operation, resolve: resolve as Waiting['resolve'], reject };
        const queue = queues.get(sessionId);
        if (queue !== undefined) return void queue.push(waiting);
        const fresh = [waiting];
        queues.set(sessionId, fresh);
        void drain(sessionId, fresh);
      });
    },
    async create(account) {
      const changes = noChanges();
      for (const id of account.offers.keys()) changes.offers.add(id);
      await storeChanges(account, changes, 0);
      cached.delete(account.sessionId);
    },
    async read(sessionId) {
      const known = cached.get(sessionId);
      if (known !== undefined && known.version === (await store.version(sessionId)))
        return known.account;
      if (queues.has(sessionId)) return (await store.load(sessionId))?.account;
      cached.delete(sessionId);
      return current(sessionId).then(
        ({ account }) => account,
        (error: unknown) => {
          if (error instanceof AssayError && error.code === 'S404') return undefined;
          throw error;
        },
      );
    },
    peek: (sessionId) => cached.get(sessionId)?.account,
  };
}

type Outcome =
  | { readonly changed: true; readonly result: unknown }
  | { readonly changed: false; readonly error: unknown };

function attempt(waiting: Waiting, account: SessionAccount, changes: AccountChanges): Outcome {
  try {
    return { changed: true, result: waiting.operation(account, changes) };
  } catch (error) {
    return { changed: false, error };
  }
}

function settle(batch: readonly Waiting[], outcomes: readonly Outcome[]): void {
  for (const [index, outcome] of outcomes.entries()) {
    const waiting = batch[index];
    if (outcome.changed) waiting?.resolve(outcome.result);
    else waiting?.reject(outcome.error);
  }
}
