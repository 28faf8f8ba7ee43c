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
  /**
   * The same for what is in no hurry: it is stored with the next operation on its session, or alone soon after. It may run
   * before operations that wait already.
   */
  later<T>(sessionId: Hex, operation: Operation<T>): Promise<T>;
  /** Stores a new account, unless it exists: then that one stays. */
  create(account: SessionAccount): Promise<void>;
  /** The account as it is stored now, for reading only. */
  read(sessionId: Hex): Promise<SessionAccount | undefined>;
  /** The copy in memory, if there is one: possibly old where several instances run. */
  peek(sessionId: Hex): SessionAccount | undefined;
  /** Resolves when nothing waits to be stored. */
  flushed(): Promise<void>;
}

interface Waiting {
  readonly operation: Operation<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

const MAX_CACHED = 10_000;
const MAX_CONFLICTS = 20;
const LATER_MS = 250;

/**
 * Operations that arrive while a write is under way are written together afterwards: many jobs of one session cost few
 * round trips. A conflict with another instance reloads the account and applies them again.
 */
export function createLedger(store: LedgerStore): Ledger {
  const cached = new Map<Hex, VersionedAccount>();
  const queues = new Map<Hex, Waiting[]>();
  const unhurried = new Map<Hex, Waiting[]>();
  const draining = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;

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

  function enqueue(sessionId: Hex, arrived: readonly Waiting[]): void {
    const queue = queues.get(sessionId);
    if (queue !== undefined) return void queue.push(...arrived);
    const fresh = [...arrived];
    queues.set(sessionId, fresh);
    const drained = drain(sessionId, fresh).finally(() => draining.delete(drained));
    draining.add(drained);
  }

  function takeUnhurried(sessionId: Hex): readonly Waiting[] {
    const taken = unhurried.get(sessionId) ?? [];
    unhurried.delete(sessionId);
    return taken;
  }

  function hurry(): void {
    clearTimeout(timer);
    timer = undefined;
    for (const sessionId of [...unhurried.keys()]) enqueue(sessionId, takeUnhurried(sessionId));
  }

  async function drain(sessionId: Hex, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) {
      const batch = [...takeUnhurried(sessionId), ...queue.splice(0)];
      await commitSurely(sessionId, batch).catch((error: unknown) => {
        cached.delete(sessionId);
        for (const { reject } of batch) reject(error);
      });
    }
    queues.delete(sessionId);
  }

  async function commitSurely(sessionId: Hex, batch: readonly Waiting[]): Promise<void> {
    for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
      try {
        return await commitBatch(sessionId, batch);
      } catch (error) {
        if (!(error instanceof Conflict)) throw error;
      }
    }
    throw new AssayError('G800', { details: { sessionId, reason: 'too many conflicts' } });
  }

  async function commitBatch(sessionId: Hex, batch: readonly Waiting[]): Promise<void> {
    const { version, account } = await current(sessionId);
    const changes = noChanges();
    const outcomes = batch.map((waiting) => attempt(waiting, account, changes));
    if (outcomes.some((outcome) => outcome.changed)) {
      const stored = await storeBatch(account, changes, version);
      if (stored === undefined) {
        // Another instance wrote meanwhile: what was computed here rests on old figures.
        cached.delete(sessionId);
        throw new Conflict();
      }
      keep(sessionId, { version: stored, account });
    }
    settle(batch, outcomes);
  }

  /** The new version, or undefined where another instance was first. */
  async function storeBatch(
    account: SessionAccount,
    changes: AccountChanges,
    version: number,
  ): Promise<number | undefined> {
    const next = version + 1;
    if (await commit(account, changes, { expected: version, next })) return next;
    const found = await store.version(account.sessionId);
    if (found >= version) return undefined;
    // The store lost what it had acknowledged. The copy in memory is newer and whole: it is stored again.
    const whole = wholeAccount(account, changes);
    return (await commit(account, whole, { expected: found, next })) ? next : undefined;
  }

  function commit(
    account: SessionAccount,
    changes: AccountChanges,
    versions: { readonly expected: number; readonly next: number },
  ): Promise<boolean> {
    return store.commit(account, changes, versions).catch((cause: unknown) => {
      throw new AssayError('G805', { cause, details: { part: 'ledger' } });
    });
  }

  return {
    apply<T>(sessionId: Hex, operation: Operation<T>): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        enqueue(sessionId, [{ operation, resolve: resolve as Waiting['resolve'], reject }]);
      });
    },
    later<T>(sessionId: Hex, operation: Operation<T>): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        const waiting: Waiting = { operation, resolve: resolve as Waiting['resolve'], reject };
        const others = unhurried.get(sessionId);
        if (others === undefined) unhurried.set(sessionId, [waiting]);
        else others.push(waiting);
        timer ??= setTimeout(hurry, LATER_MS);
      });
    },
    async flushed() {
      hurry();
      await Promise.all(draining);
    },
    async create(account) {
      await commit(account, wholeAccount(account, noChanges()), { expected: 0, next: 1 });
    },
    async read(sessionId) {
      const known = cached.get(sessionId);
      // A stored version below ours means that the store lost something, not that we did.
      if (known !== undefined && known.version >= (await store.version(sessionId)))
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

class Conflict extends Error {}

function wholeAccount(account: SessionAccount, { lines }: AccountChanges): AccountChanges {
  const { offers, holds, idempotency } = account;
  return {
    offers: new Set(offers.keys()),
    holds: new Set(holds.keys()),
    idempotency: new Set(idempotency.keys()),
    lines,
    whole: true,
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
