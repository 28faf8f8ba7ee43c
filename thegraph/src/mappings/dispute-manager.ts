import {
  ConflictProven,
  DisputeAnswered,
  DisputeCommitmentExpired,
  DisputeCommitted,
  DisputeOpened,
  DisputeResolved,
  FingerprintCommitted,
  FingerprintRevealed,
  FraudProven,
  FraudVerifierSet,
  JurorDrawn,
  ParameterSet,
  PayoutAdded,
  PayoutWithdrawn,
  RandomnessSet,
} from '../../generated/DisputeManager/DisputeManager';
import { Dispute, DisputeCommitment } from '../../generated/schema';
import { asciiOf } from '../ascii';
import { activityOf } from '../entities/activity';
import { closeDispute, loadJurorVote, loadPayoutAccount, newDispute } from '../entities/dispute';
import { handleParameter, setAccount } from '../entities/parameter';
import { loadProtocol } from '../entities/protocol';
import { loadProvider } from '../entities/provider';

const STATUSES = ['NONE', 'OPEN', 'GUILTY', 'CLEARED', 'DRAWN'];

export function handleConflictProven(event: ConflictProven): void {
  const dispute = newDispute(event.params.ticket, 'conflict', event);
  dispute.provider = event.params.provider;
  dispute.reporter = event.params.reporter;
  dispute.receipt = event.params.receiptA;
  dispute.otherReceipt = event.params.receiptB;
  dispute.slashTokens = event.params.slashed;
  dispute.slashed = event.params.slashed;
  dispute.forfeited = event.params.forfeited;
  closeDispute(dispute, 'GUILTY', event);
  dispute.save();

  const activity = activityOf(event, 'ConflictProven');
  activity.provider = event.params.provider;
  activity.account = event.params.reporter;
  activity.amount = event.params.slashed;
  activity.save();
}

export function handleFraudProven(event: FraudProven): void {
  const dispute = newDispute(event.params.ticket, 'fraud-proof', event);
  dispute.provider = event.params.provider;
  dispute.reporter = event.params.reporter;
  dispute.slashTokens = event.params.slashed;
  dispute.slashed = event.params.slashed;
  dispute.forfeited = event.params.forfeited;
  closeDispute(dispute, 'GUILTY', event);
  dispute.save();

  const activity = activityOf(event, 'FraudProven');
  activity.provider = event.params.provider;
  activity.account = event.params.reporter;
  activity.amount = event.params.slashed;
  activity.save();
}

export function handleDisputeCommitted(event: DisputeCommitted): void {
  const commitment = new DisputeCommitment(event.params.reporter.concat(event.params.commitment));
  commitment.commitment = event.params.commitment;
  commitment.reporter = event.params.reporter;
  commitment.bond = event.params.bond;
  commitment.block = event.params.blockNumber;
  commitment.expired = false;
  commitment.at = event.block.timestamp;
  commitment.save();

  const activity = activityOf(event, 'DisputeCommitted');
  activity.account = event.params.reporter;
  activity.amount = event.params.bond;
  activity.save();
}

export function handleDisputeCommitmentExpired(event: DisputeCommitmentExpired): void {
  const commitment = DisputeCommitment.load(event.params.reporter.concat(event.params.commitment));
  if (commitment != null) {
    commitment.expired = true;
    commitment.save();
  }
  const activity = activityOf(event, 'DisputeCommitmentExpired');
  activity.account = event.params.reporter;
  activity.amount = event.params.bond;
  activity.save();
}

export function handleDisputeOpened(event: DisputeOpened): void {
  if (Dispute.load(event.params.disputeId) != null) return; // one dispute per ticket; it must not be counted twice
  const dispute = newDispute(event.params.disputeId, 'committee', event);
  dispute.provider = event.params.provider;
  dispute.reporter = event.params.reporter;
  dispute.modelId = event.params.modelId;
  dispute.model = event.params.modelId;
  dispute.execClass = event.params.execClass;
  dispute.receipt = event.params.receipt;
  dispute.inputRoot = event.params.inputRoot;
  dispute.slashTokens = event.params.slashTokens;
  dispute.frozen = event.params.frozen;
  dispute.commitEnds = event.params.commitEnds;
  dispute.revealEnds = event.params.revealEnds;
  dispute.save();

  const provider = loadProvider(event.params.provider, event);
  provider.openDisputes += 1;
  provider.save();
  const protocol = loadProtocol();
  protocol.openDisputes += 1;
  protocol.save();

  const activity = activityOf(event, 'DisputeOpened');
  activity.provider = event.params.provider;
  activity.account = event.params.reporter;
  activity.amount = event.params.slashTokens;
  activity.save();
}

export function handleJurorDrawn(event: JurorDrawn): void {
  const vote = loadJurorVote(event.params.disputeId, event.params.juror, event);
  vote.status = 'DRAWN';
  vote.save();

  const activity = activityOf(event, 'JurorDrawn');
  activity.provider = event.params.juror;
  activity.save();
}

export function handleFingerprintCommitted(event: FingerprintCommitted): void {
  const vote = loadJurorVote(event.params.disputeId, event.params.juror, event);
  vote.status = 'COMMITTED';
  vote.save();

  const activity = activityOf(event, 'FingerprintCommitted');
  activity.provider = event.params.juror;
  activity.save();
}

export function handleFingerprintRevealed(event: FingerprintRevealed): void {
  const vote = loadJurorVote(event.params.disputeId, event.params.juror, event);
  vote.status = 'REVEALED';
  vote.available = event.params.available;
  vote.fingerprint = event.params.fingerprint;
  vote.save();

  const activity = activityOf(event, 'FingerprintRevealed');
  activity.provider = event.params.juror;
  activity.save();
}

export function handleDisputeAnswered(event: DisputeAnswered): void {
  const dispute = Dispute.load(event.params.disputeId);
  if (dispute != null) {
    dispute.answeredBy = event.params.by;
    dispute.fingerprint = event.params.fingerprint;
    dispute.save();
  }
  const activity = activityOf(event, 'DisputeAnswered');
  activity.account = event.params.by;
  activity.save();
}

export function handleDisputeResolved(event: DisputeResolved): void {
  const dispute = Dispute.load(event.params.disputeId);
  if (dispute != null) {
    const status = event.params.status as i32;
    dispute.reveals = event.params.reveals;
    dispute.agreeing = event.params.agreeing;
    dispute.slashed = event.params.slashed;
    dispute.forfeited = event.params.forfeited;
    dispute.bondReturned = event.params.bondReturned;
    dispute.bondBurned = event.params.bondBurned;
    closeDispute(dispute, status < STATUSES.length ? STATUSES[status] : 'NONE', event);
    dispute.save();
  }
  const activity = activityOf(event, 'DisputeResolved');
  activity.provider = event.params.provider;
  activity.account = event.params.reporter;
  activity.amount = event.params.slashed;
  activity.save();
}

export function handlePayoutAdded(event: PayoutAdded): void {
  const account = loadPayoutAccount(event.params.account);
  account.added = account.added.plus(event.params.amount);
  account.save();

  const activity = activityOf(event, 'PayoutAdded');
  activity.account = event.params.account;
  activity.amount = event.params.amount;
  activity.save();
}

export function handlePayoutWithdrawn(event: PayoutWithdrawn): void {
  const account = loadPayoutAccount(event.params.account);
  account.withdrawn = account.withdrawn.plus(event.params.amount);
  account.save();

  const activity = activityOf(event, 'PayoutWithdrawn');
  activity.account = event.params.account;
  activity.amount = event.params.amount;
  activity.save();
}

export function handleFraudVerifierSet(event: FraudVerifierSet): void {
  setAccount(event, 'fraudVerifier', event.params.verifier);
  const activity = activityOf(event, 'FraudVerifierSet');
  activity.account = event.params.verifier;
  activity.save();
}

export function handleRandomnessSet(event: RandomnessSet): void {
  setAccount(event, 'randomness', event.params.randomness);
  const activity = activityOf(event, 'RandomnessSet');
  activity.account = event.params.randomness;
  activity.save();
}

export function handleDisputeManagerParameterSet(event: ParameterSet): void {
  handleParameter(event, 'ParameterSet', asciiOf(event.params.name), event.params.value);
}
