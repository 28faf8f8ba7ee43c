import type { Log } from '@assay/kit';
import {
  type Address,
  AssayError,
  type Domain,
  digestOf,
  type EpochMs,
  type FrameMeta,
  type Hex,
  isSignedBy,
} from '@assay/wire';
import { adoptHolding } from '../settlement/adopt-holding.ts';
import { advanceStatus, raiseDeposit } from '../settlement/fund-session.ts';
import type { Ledger } from '../settlement/ledger.ts';
import { newAccount } from '../settlement/new-account.ts';
import type { EscrowSession, SessionChain } from '../settlement/session-chain.ts';
import type { SessionTokens } from '../settlement/session-service.ts';

export interface RestoreDeps {
  readonly domain: Domain;
  readonly gateway: Address;
  readonly hostedKey: Address;
  readonly ledger: Ledger;
  readonly chain: SessionChain;
  readonly tokens: SessionTokens;
  readonly now: () => EpochMs;
  readonly log: Log;
}

type Holding = FrameMeta<'holdings'>['payments'][number];

/** Rebuilds what a lost ledger knew from the payments that providers hold, each with our own guarantee on it. */
export async function restoreHoldings(
  meta: FrameMeta<'holdings'>,
  deps: RestoreDeps,
): Promise<void> {
  for (const holding of meta.payments) {
    await restoreHolding(holding, deps).catch((error: unknown) =>
      deps.log.warn({ err: error, sessionId: holding.sessionId }, 'holding refused'),
    );
  }
}

async function restoreHolding(holding: Holding, deps: RestoreDeps): Promise<void> {
  const { sessionId, offerId, receipts, signature, guarantee } = holding;
  const cumulative = BigInt(holding.cumulative);
  const account = await accountOf(sessionId, deps);
  if (account === undefined) return;
  const known = account.offers.get(offerId)?.payment?.cumulative ?? 0n;
  if (cumulative <= known) return;
  const digest = digestOf(deps.domain, 'Guarantee', { sessionId, offerId, cumulative, receipts });
  if (guarantee === undefined || !isSignedBy(deps.gateway, digest, guarantee))
    throw new AssayError('S407', { details: { offerId, what: 'guarantee' } });
  const payment = { offerId, cumulative, receipts, signature, guarantee };
  const adopted = await deps.ledger.apply(sessionId, (stored, changes) =>
    adoptHolding(stored, changes, payment),
  );
  if (adopted)
    deps.log.warn({ sessionId, offerId, cumulative: `${cumulative}` }, 'ledger restored');
}

async function accountOf(sessionId: Hex, deps: RestoreDeps) {
  const known = await deps.ledger.read(sessionId);
  if (known !== undefined) return known;
  const found = await deps.chain.session(sessionId);
  return found && restoreSession(found, deps);
}

/** A session that the chain knows and the ledger lost. Its policy is missing until the client shows the grant again. */
async function restoreSession(found: EscrowSession, deps: RestoreDeps) {
  const { sessionId, payer, key, gatewayFeePpm, expiresAt, withdrawDelay, policy, salt } = found;
  const { gateway, hostedKey, ledger, now } = deps;
  const grant = { payer, key, gateway, gatewayFeePpm, expiresAt, withdrawDelay, policy, salt };
  const hosted = key === hostedKey;
  await ledger.create(newAccount({ sessionId, grant, policy: undefined, hosted, at: now() }));
  await deps.tokens.bind(salt, sessionId);
  return ledger.apply(sessionId, (account, changes) => {
    raiseDeposit(account, changes, {
      total: found.deposit,
      at: now(),
      transaction: found.openedIn,
    });
    advanceStatus(account, found.status);
    return account;
  });
}
