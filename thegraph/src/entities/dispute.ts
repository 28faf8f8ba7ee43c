import { Bytes, ethereum } from '@graphprotocol/graph-ts';
import { Dispute, JurorVote, PayoutAccount } from '../../generated/schema';
import { ZERO } from '../constants';
import { loadProtocol } from './protocol';
import { loadProvider } from './provider';

/** A ticket has at most one case of each kind, but a conflict may be proven while a committee sits. */
export function caseId(ticket: Bytes, kind: string): Bytes {
  if (kind == 'conflict') return ticket.concat(Bytes.fromHexString('0x01'));
  if (kind == 'fraud-proof') return ticket.concat(Bytes.fromHexString('0x02'));
  return ticket;
}

export function newDispute(ticket: Bytes, kind: string, event: ethereum.Event): Dispute {
  const id = caseId(ticket, kind);
  let dispute = Dispute.load(id);
  if (dispute == null) {
    dispute = new Dispute(id);
    dispute.ticket = ticket;
    dispute.status = 'OPEN';
    dispute.slashTokens = ZERO;
    dispute.frozen = ZERO;
    dispute.slashed = ZERO;
    dispute.forfeited = ZERO;
    dispute.bondReturned = ZERO;
    dispute.bondBurned = ZERO;
    dispute.reveals = 0;
    dispute.agreeing = 0;
    dispute.openedAt = event.block.timestamp;
    dispute.block = event.block.number;
    dispute.transaction = event.transaction.hash;
    const protocol = loadProtocol();
    protocol.disputes += 1;
    protocol.save();
  }
  dispute.kind = kind;
  return dispute;
}

/** Ends a case once; only a committee's case was ever counted as open. */
export function closeDispute(dispute: Dispute, status: string, event: ethereum.Event): void {
  if (dispute.status == 'OPEN' && dispute.commitEnds !== null) {
    const provider = loadProvider(dispute.provider, event);
    provider.openDisputes -= 1;
    provider.save();
    const protocol = loadProtocol();
    protocol.openDisputes -= 1;
    protocol.save();
  }
  dispute.status = status;
  dispute.resolvedAt = event.block.timestamp;
}

export function loadJurorVote(disputeId: Bytes, juror: Bytes, event: ethereum.Event): JurorVote {
  const id = disputeId.concat(juror);
  let vote = JurorVote.load(id);
  if (vote == null) {
    vote = new JurorVote(id);
    vote.dispute = disputeId;
    vote.juror = juror;
    const provider = loadProvider(juror, event);
    provider.save();
  }
  vote.updatedAt = event.block.timestamp;
  return vote;
}

export function loadPayoutAccount(id: Bytes): PayoutAccount {
  let account = PayoutAccount.load(id);
  if (account == null) {
    account = new PayoutAccount(id);
    account.added = ZERO;
    account.withdrawn = ZERO;
  }
  return account;
}
