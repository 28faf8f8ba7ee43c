import { BigInt, Bytes, ethereum } from '@graphprotocol/graph-ts';
import { Session } from '../../generated/schema';
import { loadGateway } from './gateway';
import { loadProtocol } from './protocol';

/** Puts a session's balance to what the event says it is now; the protocol's total moves by the difference. */
export function setBalance(session: Session, balance: BigInt, event: ethereum.Event): void {
  const protocol = loadProtocol();
  protocol.sessionBalances = protocol.sessionBalances.plus(balance).minus(session.balance);
  protocol.save();
  session.balance = balance;
  session.updatedAt = event.block.timestamp;
}

/** Counts a session out once, when it starts to close or is withdrawn after its expiry. */
export function countClosed(session: Session): void {
  if (session.status != 'OPEN') return;
  const protocol = loadProtocol();
  protocol.openSessions -= 1;
  protocol.save();
  const id = session.gateway;
  if (id === null) return;
  const gateway = loadGateway(id as Bytes);
  gateway.openSessions -= 1;
  gateway.save();
}
