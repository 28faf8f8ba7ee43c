import { type Address, type Hex, lowerAddress } from '@assay/wire';
import type { EscrowSession } from '../../settlement/session-chain.ts';
import type { ChainEvent } from './chain-follower.ts';

/** The sessions of one gateway, from the escrow's events. Seeing an event twice changes nothing. */
export interface EscrowSessions {
  /** Returns the session an event changed, if it is one of this gateway's. */
  apply(event: ChainEvent): EscrowSession | undefined;
  find(sessionId: Hex): EscrowSession | undefined;
  all(): Iterable<EscrowSession>;
}

export function createEscrowSessions(gateway: Address): EscrowSessions {
  const sessions = new Map<Hex, EscrowSession>();
  const counted = new Set<string>();

  function change(id: Hex, fields: Partial<EscrowSession>): EscrowSession | undefined {
    const known = sessions.get(id);
    if (known === undefined) return undefined;
    const changed = { ...known, ...fields };
    sessions.set(id, changed);
    return changed;
  }

  function opened({ event, log }: ChainEvent): EscrowSession | undefined {
    const { args } = event;
    if (lowerAddress(args.gateway) !== gateway) return undefined;
    const known = sessions.get(args.sessionId);
    if (known !== undefined) return known;
    const session: EscrowSession = {
      sessionId: args.sessionId,
      payer: lowerAddress(args.payer),
      key: lowerAddress(args.key),
      gatewayFeePpm: Number(args.gatewayFeePpm),
      expiresAt: args.expiresAt,
      withdrawDelay: Number(args.withdrawDelay),
      policy: args.policy,
      salt: args.salt,
      deposit: args.deposit,
      status: 'OPEN',
      openedIn: log.transactionHash as Hex,
    };
    sessions.set(session.sessionId, session);
    return session;
  }

  function toppedUp({ event, log }: ChainEvent): EscrowSession | undefined {
    const known = sessions.get(event.args.sessionId);
    const place = `${log.transactionHash}:${log.index}`;
    if (known === undefined || counted.has(place)) return known;
    counted.add(place);
    const lastTransaction = log.transactionHash as Hex;
    return change(known.sessionId, { deposit: known.deposit + event.args.amount, lastTransaction });
  }

  return {
    apply(seen) {
      const { event } = seen;
      const id: Hex = event.args.sessionId;
      if (event.name === 'SessionOpened') return opened(seen);
      if (event.name === 'SessionToppedUp') return toppedUp(seen);
      if (event.name === 'SessionClosing' && sessions.get(id)?.status !== 'CLOSED')
        return change(id, { status: 'CLOSING' });
      if (event.name === 'SessionWithdrawn') return change(id, { status: 'CLOSED' });
      return undefined;
    },
    find: (id) => sessions.get(id),
    all: () => sessions.values(),
  };
}
