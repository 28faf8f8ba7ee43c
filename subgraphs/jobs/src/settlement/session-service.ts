import type { Log } from '@assay/kit';
import {
  type Address,
  AssayError,
  type Domain,
  digestOf,
  type EpochMs,
  type Grant,
  type Hex,
  type Policy,
  recoverSigner,
} from '@assay/wire';
import { checkGrant, type GrantRules } from './check-grant.ts';
import { advanceStatus, raiseDeposit } from './fund-session.ts';
import type { Ledger } from './ledger.ts';
import { newAccount } from './new-account.ts';
import type { SessionAccount } from './session-account.ts';
import type { EscrowSession, SessionChain } from './session-chain.ts';

export interface Authorization {
  readonly value: bigint;
  readonly validAfter: bigint;
  readonly validBefore: bigint;
  readonly signature: Hex;
}

/** Finds the session a bearer token belongs to. */
export interface SessionTokens {
  bind(tokenHash: Hex, sessionId: Hex): Promise<void>;
  find(tokenHash: Hex): Promise<Hex | undefined>;
}

export interface Opened {
  readonly account: SessionAccount;
  readonly transaction: Hex;
}

export interface SessionService {
  open(grant: Grant, policy: Policy, authorization: Authorization): Promise<Opened>;
  topUp(sessionId: Hex, salt: Hex, authorization: Authorization): Promise<Opened>;
  close(sessionId: Hex, signature: Hex): Promise<SessionAccount>;
  /** The session of a bearer token. Throws I105. */
  ofToken(tokenHash: Hex | undefined): Promise<SessionAccount>;
  /** Brings an account up to what the chain says of it. */
  sync(session: EscrowSession): Promise<void>;
}

export interface SessionServiceOptions {
  readonly domain: Domain;
  readonly rules: GrantRules;
  readonly hostedKey: Address;
  readonly ledger: Ledger;
  readonly tokens: SessionTokens;
  readonly chain: SessionChain;
  readonly now: () => EpochMs;
  readonly log: Log;
}

/** Opens, tops up and closes sessions. The gateway pays the gas; the payer signs once. */
export function createSessionService(options: SessionServiceOptions): SessionService {
  const { domain, rules, ledger, tokens, chain, now, log } = options;
  const opening = new Set<Address>();

  async function open(grant: Grant, policy: Policy, auth: Authorization): Promise<Opened> {
    checkGrant({ grant, policy, deposit: auth.value }, rules, now());
    const sessionId = digestOf(domain, 'Grant', grant);
    const known = await chain.session(sessionId);
    if (known !== undefined) return register(known, grant, policy);
    const payer = await chain.recoverPayer(sessionId, auth, grant.payer);
    if (payer !== grant.payer) throw new AssayError('S401', { details: { recovered: payer } });
    if (opening.has(grant.payer)) throw new AssayError('S409', { retryAfterMs: 1_000 });
    opening.add(grant.payer);
    try {
      await chain.requireFunds(grant.payer, auth.value);
      await chain.open(grant, auth);
      const opened = await chain.session(sessionId);
      if (opened === undefined) throw new AssayError('S408', { details: { sessionId } });
      return await register(opened, grant, policy);
    } finally {
      opening.delete(grant.payer);
    }
  }

  async function register(found: EscrowSession, grant: Grant, policy: Policy): Promise<Opened> {
    const { sessionId } = found;
    const hosted = grant.key === options.hostedKey;
    await ledger.create(newAccount({ sessionId, grant, policy, hosted, at: now() }));
    const account = await ledger.apply(sessionId, (stored, changes) => {
      stored.policy = policy;
      raiseDeposit(stored, changes, {
        total: found.deposit,
        at: now(),
        transaction: found.openedIn,
      });
      advanceStatus(stored, found.status);
      return stored;
    });
    await tokens.bind(grant.salt, sessionId);
    log.info({ sessionId, hosted, deposit: `${found.deposit}` }, 'session open');
    return { account, transaction: found.openedIn };
  }

  async function requireAccount(sessionId: Hex): Promise<SessionAccount> {
    const account = await ledger.read(sessionId);
    if (account === undefined) throw new AssayError('S404', { details: { sessionId } });
    return account;
  }

  async function topUp(sessionId: Hex, salt: Hex, auth: Authorization): Promise<Opened> {
    const account = await requireAccount(sessionId);
    if (account.status !== 'OPEN')
      throw new AssayError('S406', { details: { status: account.status } });
    const nonce = digestOf(domain, 'TopUp', { sessionId, salt });
    const { payer } = account.grant;
    const signer = await chain.recoverPayer(nonce, auth, payer);
    if (signer !== payer) throw new AssayError('S401', { details: { recovered: signer } });
    await chain.requireFunds(payer, auth.value);
    const transaction = await chain.topUp({ sessionId, from: payer, salt }, auth);
    const found = await chain.session(sessionId);
    if (found !== undefined) await sync({ ...found, lastTransaction: transaction });
    return { account: await requireAccount(sessionId), transaction };
  }

  async function close(sessionId: Hex, signature: Hex): Promise<SessionAccount> {
    const account = await requireAccount(sessionId);
    if (account.status === 'CLOSING' || account.status === 'CLOSED') return account;
    const signer = recoverSigner(digestOf(domain, 'Close', { sessionId }), signature);
    if (signer !== account.grant.payer && signer !== account.grant.key)
      throw new AssayError('S407', {
        details: { recovered: signer },
        hint: 'Sign Close(sessionId) with the payer’s or the session’s key.',
      });
    await chain.close(account.grant, signature);
    return ledger.apply(sessionId, (stored) => {
      advanceStatus(stored, 'CLOSING');
      return stored;
    });
  }

  async function sync(found: EscrowSession): Promise<void> {
    const account = await ledger.read(found.sessionId);
    if (account === undefined) return;
    if (account.deposit >= found.deposit && account.status === found.status) return;
    const transaction = found.lastTransaction ?? found.openedIn;
    await ledger.apply(found.sessionId, (stored, changes) => {
      raiseDeposit(stored, changes, { total: found.deposit, at: now(), transaction });
      advanceStatus(stored, found.status);
    });
  }

  return {
    open,
    topUp,
    close,
    sync,
    async ofToken(tokenHash) {
      const sessionId = tokenHash && (await tokens.find(tokenHash));
      const account = sessionId && (ledger.peek(sessionId) ?? (await ledger.read(sessionId)));
      if (!account) throw new AssayError('I105');
      return account;
    },
  };
}
