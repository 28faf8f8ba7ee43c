import type { Address, Hex } from '@assay/wire';
import { escrowAbi } from '../chain/abi.ts';
import type { Chain } from '../chain/chain.ts';
import { createSessionEndFinder } from './find-session-end.ts';

export const SESSION_STATES = ['NONE', 'OPEN', 'CLOSING', 'WITHDRAWN'] as const;
export type SessionState = (typeof SESSION_STATES)[number];

/** What the chain says of a session. */
export interface SessionFacts {
  readonly state: SessionState;
  readonly key: Address;
  readonly gateway: Address;
  readonly gatewayFeePpm: number;
  /** Payment units not yet claimed by anybody. */
  readonly balance: bigint;
  /** Unix seconds; 0 while open. */
  readonly withdrawableAt: number;
}

export interface SessionReader {
  /** Facts not older than the configured age, or older ones while the chain cannot be reached. Throws S408 without any. */
  read(sessionId: Hex): Promise<SessionFacts>;
  /** Facts as of now, or a rejection. */
  refresh(sessionId: Hex): Promise<SessionFacts>;
  /** Unix seconds after which the session can be withdrawn without being closed; undefined if its opening is not found. */
  endOf(sessionId: Hex): Promise<number | undefined>;
}

export interface SessionReaderOptions {
  readonly chain: Chain;
  readonly escrow: Address;
  readonly deployBlock: number;
  readonly ttlMs: number;
  /** `open` this many blocks deep counts. */
  readonly confirmations: number;
  readonly now: () => number;
}

interface Cached {
  readonly facts: SessionFacts;
  readonly at: number;
}

const MAX_SESSIONS = 20_000;
/** During an outage of every endpoint sessions already known are served this long. */
const OUTAGE_MS = 10 * 60_000;
const RETRY_UNKNOWN_MS = 300;
/** An opening that no endpoint shows is looked for again after this long. */
const RETRY_END_MS = 60_000;

export function createSessionReader(options: SessionReaderOptions): SessionReader {
  const { chain, escrow, now } = options;
  const cache = new Map<Hex, Cached>();
  const ends = new Map<Hex, Promise<number | undefined>>();
  const findEnd = createSessionEndFinder(options);
  const underway = new Map<Hex, Promise<SessionFacts>>();

  async function fetchFacts(sessionId: Hex): Promise<SessionFacts> {
    const depth = options.confirmations > 1 ? await confirmedBlock() : undefined;
    const data = escrowAbi.encodeFunctionData('session', [sessionId]);
    const answer = await chain.read((rpc) =>
      rpc.call({ to: escrow, data, ...(depth !== undefined && { blockTag: depth }) }),
    );
    const facts = toFacts(escrowAbi.decodeFunctionResult('session', answer)[0]);
    if (cache.size >= MAX_SESSIONS) cache.delete(cache.keys().next().value as Hex);
    cache.delete(sessionId);
    cache.set(sessionId, { facts, at: now() });
    return facts;
  }

  async function confirmedBlock(): Promise<number> {
    const head = await chain.read((rpc) => rpc.getBlockNumber());
    return Math.max(0, head - options.confirmations + 1);
  }

  function refresh(sessionId: Hex): Promise<SessionFacts> {
    const running = underway.get(sessionId);
    if (running) return running;
    const fetching = fetchFacts(sessionId).finally(() => underway.delete(sessionId));
    underway.set(sessionId, fetching);
    return fetching;
  }

  /** Not with every ticket: a search through all blocks is dear. */
  function askAgainLater(sessionId: Hex): void {
    setTimeout(() => ends.delete(sessionId), RETRY_END_MS).unref();
  }

  return {
    refresh,
    async read(sessionId) {
      const cached = cache.get(sessionId);
      const age = cached ? now() - cached.at : Number.POSITIVE_INFINITY;
      const ttl = cached?.facts.state === 'NONE' ? RETRY_UNKNOWN_MS : options.ttlMs;
      if (cached && age < ttl) return cached.facts;
      if (cached && cached.facts.state === 'OPEN' && age < 4 * ttl) {
        refresh(sessionId).catch(() => undefined); // the next reader sees it; this one does not wait
        return cached.facts;
      }
      try {
        return await refresh(sessionId);
      } catch (error) {
        if (cached && age < OUTAGE_MS) return cached.facts;
        throw error;
      }
    },
    endOf(sessionId) {
      const known = ends.get(sessionId);
      if (known) return known;
      const asked = findEnd(sessionId);
      if (ends.size >= MAX_SESSIONS) ends.delete(ends.keys().next().value as Hex);
      ends.set(sessionId, asked);
      asked.then(
        (end) => end ?? askAgainLater(sessionId),
        () => askAgainLater(sessionId),
      );
      return asked;
    },
  };
}

interface RawSession {
  readonly key: string;
  readonly gatewayFeePpm: bigint;
  readonly withdrawableAt: bigint;
  readonly state: bigint;
  readonly gateway: string;
  readonly balance: bigint;
}

function toFacts(raw: RawSession): SessionFacts {
  return {
    state: SESSION_STATES[Number(raw.state)] ?? 'WITHDRAWN',
    key: raw.key.toLowerCase() as Address,
    gateway: raw.gateway.toLowerCase() as Address,
    gatewayFeePpm: Number(raw.gatewayFeePpm),
    balance: raw.balance,
    withdrawableAt: Number(raw.withdrawableAt),
  };
}
