import type { Redis } from '@assay/kit';
import { type Hex, redisKeys } from '@assay/wire';
import type { AccountChanges } from '../../settlement/account-changes.ts';
import type { LedgerStore, VersionedAccount } from '../../settlement/ledger-store.ts';
import type { SessionAccount } from '../../settlement/session-account.ts';
import { decodeAccount, encodeState, encodeTerms, toJson } from './account-codec.ts';
import { COMMIT_SCRIPT } from './commit-script.ts';

/** Keeps session accounts in Redis. A commit is one atomic script, so it happens wholly or not at all. */
export function createRedisLedgerStore(redis: Redis): LedgerStore {
  const keysOf = (sessionId: Hex) => [
    redisKeys.session(sessionId),
    redisKeys.sessionOffers(sessionId),
    redisKeys.sessionHolds(sessionId),
    redisKeys.sessionLines(sessionId),
    redisKeys.sessionIdempotency(sessionId),
  ];

  const storedTerms = new WeakMap<SessionAccount, SessionAccount['policy']>();

  async function load(sessionId: Hex): Promise<VersionedAccount | undefined> {
    const [state, offers, holds, idempotency] = await Promise.all([
      redis.hGetAll(redisKeys.session(sessionId)),
      redis.hGetAll(redisKeys.sessionOffers(sessionId)),
      redis.hGetAll(redisKeys.sessionHolds(sessionId)),
      redis.hGetAll(redisKeys.sessionIdempotency(sessionId)),
    ]);
    if (Object.keys(state).length === 0) return undefined;
    return decodeAccount(sessionId, { state, offers, holds, idempotency });
  }

  async function commit(
    account: SessionAccount,
    changes: AccountChanges,
    { expected, next }: { readonly expected: number; readonly next: number },
  ): Promise<boolean> {
    const state = { ...encodeState(account), ...termsToWrite(account), version: `${next}` };
    const written = await redis.eval(COMMIT_SCRIPT, {
      keys: keysOf(account.sessionId),
      arguments: [
        `${expected}`,
        JSON.stringify({ state: Object.entries(state).flat(), ...encodeChanges(account, changes) }),
      ],
    });
    if (written !== 1) storedTerms.delete(account);
    else storedTerms.set(account, account.policy);
    return written === 1;
  }

  /** Grant and policy hardly ever change: what this copy of an account wrote last is not written again. */
  function termsToWrite(account: SessionAccount): Record<string, string> {
    const isStored = storedTerms.has(account) && storedTerms.get(account) === account.policy;
    return isStored ? {} : encodeTerms(account);
  }

  const version = async (sessionId: Hex) =>
    Number((await redis.hGet(redisKeys.session(sessionId), 'version')) ?? 0);

  return { load, commit, version };
}

function encodeChanges(account: SessionAccount, changes: AccountChanges) {
  const present = (ids: ReadonlySet<string>, map: ReadonlyMap<string, unknown>) =>
    [...ids].flatMap((id) => (map.has(id) ? [id, toJson(map.get(id))] : []));
  const absent = (ids: ReadonlySet<string>, map: ReadonlyMap<string, unknown>) =>
    [...ids].filter((id) => !map.has(id));
  return {
    whole: changes.whole,
    offers: present(changes.offers, account.offers),
    holds: present(changes.holds, account.holds),
    released: absent(changes.holds, account.holds),
    lines: changes.lines.map(toJson),
    idempotency: present(changes.idempotency, account.idempotency),
    forgotten: absent(changes.idempotency, account.idempotency),
  };
}
