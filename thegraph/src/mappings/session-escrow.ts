import {
  BondAdded,
  BondThawing,
  BondUsed,
  BondWithdrawn,
  ClaimSkipped,
  EarningsForfeited,
  EarningsFrozen,
  EarningsMatured,
  EarningsReleased,
  EarningsShared,
  EarningsWithdrawn,
  EntryPaused,
  FeesWithdrawn,
  GatewayBarred,
  ParameterSet,
  SessionClosing,
  SessionOpened,
  SessionToppedUp,
  SessionWithdrawn,
  TreasurySet,
  VoucherClaimed,
} from '../../generated/SessionEscrow/SessionEscrow';
import { Claim, Session, SkippedClaim, TopUp } from '../../generated/schema';
import { asciiOf } from '../ascii';
import { NOBODY, ZERO } from '../constants';
import { activityOf } from '../entities/activity';
import { setBond } from '../entities/bond';
import {
  forfeitEarnings,
  freezeEarnings,
  matureEarnings,
  payEarnings,
  releaseEarnings,
  shareEarnings,
} from '../entities/earnings';
import { eventId } from '../entities/event-id';
import { loadFeeAccount, loadGateway } from '../entities/gateway';
import { handleParameter, setAccount } from '../entities/parameter';
import { loadProtocol } from '../entities/protocol';
import { countClosed, setBalance } from '../entities/session';
import {
  creditFees,
  creditProtocol,
  creditProvider,
  creditTreasury,
  recordSettlement,
  recordSpending,
} from '../entities/settlement';

const SKIP_REASONS = [
  'UNKNOWN_SESSION',
  'SESSION_WITHDRAWN',
  'ALREADY_CLAIMED',
  'BAD_VOUCHER',
  'BAD_GUARANTEE',
  'NOTHING_LEFT',
];

export function handleSessionOpened(event: SessionOpened): void {
  if (Session.load(event.params.sessionId) != null) return; // a session is opened once; it must not be counted twice
  const session = new Session(event.params.sessionId);
  session.payer = event.params.payer;
  session.key = event.params.key;
  session.gatewayFeePpm = event.params.gatewayFeePpm.toI32();
  session.expiresAt = event.params.expiresAt;
  session.withdrawDelay = event.params.withdrawDelay;
  session.policy = event.params.policy;
  session.salt = event.params.salt;
  session.status = 'OPEN';
  session.deposited = event.params.deposit;
  session.balance = ZERO;
  session.claimed = ZERO;
  session.bondPaid = ZERO;
  session.refunded = ZERO;
  session.openedAt = event.block.timestamp;
  session.transaction = event.transaction.hash;
  setBalance(session, event.params.deposit, event);
  if (event.params.gateway != NOBODY) {
    const gateway = loadGateway(event.params.gateway);
    gateway.sessionCount += 1;
    gateway.openSessions += 1;
    gateway.save();
    session.gateway = gateway.id;
  }
  session.save();

  const protocol = loadProtocol();
  protocol.sessions += 1;
  protocol.openSessions += 1;
  protocol.deposited = protocol.deposited.plus(event.params.deposit);
  protocol.save();

  const activity = activityOf(event, 'SessionOpened');
  activity.account = event.params.payer;
  activity.amount = event.params.deposit;
  activity.save();
}

export function handleSessionToppedUp(event: SessionToppedUp): void {
  const session = Session.load(event.params.sessionId);
  if (session == null) return;
  session.deposited = session.deposited.plus(event.params.amount);
  setBalance(session, event.params.balance, event);
  session.save();

  const topUp = new TopUp(eventId(event));
  topUp.session = session.id;
  topUp.from = event.params.from;
  topUp.amount = event.params.amount;
  topUp.at = event.block.timestamp;
  topUp.transaction = event.transaction.hash;
  topUp.save();

  const protocol = loadProtocol();
  protocol.deposited = protocol.deposited.plus(event.params.amount);
  protocol.save();

  const activity = activityOf(event, 'SessionToppedUp');
  activity.account = event.params.from;
  activity.amount = event.params.amount;
  activity.save();
}

export function handleSessionClosing(event: SessionClosing): void {
  const session = Session.load(event.params.sessionId);
  if (session == null) return;
  countClosed(session);
  session.status = 'CLOSING';
  session.withdrawableAt = event.params.withdrawableAt;
  setBalance(session, event.params.balance, event);
  session.save();

  const activity = activityOf(event, 'SessionClosing');
  activity.account = event.params.by;
  activity.amount = event.params.balance;
  activity.save();
}

export function handleSessionWithdrawn(event: SessionWithdrawn): void {
  const session = Session.load(event.params.sessionId);
  if (session == null) return;
  countClosed(session);
  session.status = 'WITHDRAWN';
  session.refunded = event.params.amount;
  setBalance(session, ZERO, event);
  session.save();

  const protocol = loadProtocol();
  protocol.refunded = protocol.refunded.plus(event.params.amount);
  protocol.save();

  const activity = activityOf(event, 'SessionWithdrawn');
  activity.account = event.params.payer;
  activity.amount = event.params.amount;
  activity.save();
}

export function handleVoucherClaimed(event: VoucherClaimed): void {
  const session = Session.load(event.params.sessionId);
  if (session == null) return;
  session.claimed = session.claimed.plus(event.params.delta);
  session.bondPaid = session.bondPaid.plus(event.params.bondPaid);
  setBalance(session, event.params.sessionBalance, event);
  session.save();
  creditProvider(event);
  creditProtocol(event);
  creditFees(event, session.gateway);
  recordSpending(event);
  recordSettlement(event, session.gateway);
  recordClaim(event, session);
}

function recordClaim(event: VoucherClaimed, session: Session): void {
  const claim = new Claim(eventId(event));
  claim.session = session.id;
  claim.offerId = event.params.offerId;
  claim.offer = event.params.offerId;
  claim.provider = event.params.provider;
  claim.modelId = event.params.modelId;
  claim.model = event.params.modelId;
  claim.gateway = session.gateway;
  claim.cumulative = event.params.cumulative;
  claim.delta = event.params.delta;
  claim.protocolFee = event.params.protocolFee;
  claim.gatewayFee = event.params.gatewayFee;
  claim.royalty = event.params.royalty;
  claim.providerAmount = event.params.providerAmount;
  claim.bondPaid = event.params.bondPaid;
  claim.receipts = event.params.receipts;
  claim.at = event.block.timestamp;
  claim.block = event.block.number;
  claim.transaction = event.transaction.hash;
  claim.save();

  const activity = activityOf(event, 'VoucherClaimed');
  activity.provider = event.params.provider;
  activity.account = session.gateway;
  activity.amount = event.params.delta;
  activity.save();
}

export function handleClaimSkipped(event: ClaimSkipped): void {
  const skipped = new SkippedClaim(eventId(event));
  skipped.sessionId = event.params.sessionId;
  skipped.session = event.params.sessionId;
  skipped.offerId = event.params.offerId;
  skipped.cumulative = event.params.cumulative;
  const reason = event.params.reason as i32;
  skipped.reason = reason < SKIP_REASONS.length ? SKIP_REASONS[reason] : 'UNKNOWN';
  skipped.at = event.block.timestamp;
  skipped.transaction = event.transaction.hash;
  skipped.save();

  const protocol = loadProtocol();
  protocol.skippedClaims += 1;
  protocol.save();

  const activity = activityOf(event, 'ClaimSkipped');
  activity.amount = event.params.cumulative;
  activity.save();
}

export function handleEarningsMatured(event: EarningsMatured): void {
  matureEarnings(event);
  const activity = activityOf(event, 'EarningsMatured');
  activity.provider = event.params.provider;
  activity.amount = event.params.amount;
  activity.save();
}

export function handleEarningsShared(event: EarningsShared): void {
  shareEarnings(event);
  const activity = activityOf(event, 'EarningsShared');
  activity.provider = event.params.provider;
  activity.amount = event.params.toDelegators;
  activity.save();
}

export function handleEarningsWithdrawn(event: EarningsWithdrawn): void {
  payEarnings(event);
  const activity = activityOf(event, 'EarningsWithdrawn');
  activity.provider = event.params.provider;
  activity.account = event.params.payout;
  activity.amount = event.params.amount;
  activity.save();
}

export function handleEarningsFrozen(event: EarningsFrozen): void {
  freezeEarnings(event);
  const activity = activityOf(event, 'EarningsFrozen');
  activity.provider = event.params.provider;
  activity.amount = event.params.unmatured;
  activity.save();
}

export function handleEarningsReleased(event: EarningsReleased): void {
  releaseEarnings(event);
  const activity = activityOf(event, 'EarningsReleased');
  activity.provider = event.params.provider;
  activity.amount = event.params.unmatured;
  activity.save();
}

export function handleEarningsForfeited(event: EarningsForfeited): void {
  forfeitEarnings(event);
  creditTreasury(event, event.params.amount);
  const activity = activityOf(event, 'EarningsForfeited');
  activity.provider = event.params.provider;
  activity.amount = event.params.amount;
  activity.save();
}

export function handleFeesWithdrawn(event: FeesWithdrawn): void {
  const account = loadFeeAccount(event.params.account);
  account.withdrawn = account.withdrawn.plus(event.params.amount);
  account.save();

  const activity = activityOf(event, 'FeesWithdrawn');
  activity.account = event.params.account;
  activity.amount = event.params.amount;
  activity.save();
}

export function handleBondAdded(event: BondAdded): void {
  const gateway = loadGateway(event.params.gateway);
  setBond(gateway, event.params.bond);
  gateway.save();

  const activity = activityOf(event, 'BondAdded');
  activity.account = event.params.gateway;
  activity.amount = event.params.amount;
  activity.save();
}

export function handleBondThawing(event: BondThawing): void {
  const gateway = loadGateway(event.params.gateway);
  gateway.bondThawing = event.params.thawing;
  gateway.bondWithdrawableAt = event.params.withdrawableAt;
  gateway.save();

  const activity = activityOf(event, 'BondThawing');
  activity.account = event.params.gateway;
  activity.amount = event.params.amount;
  activity.save();
}

export function handleBondWithdrawn(event: BondWithdrawn): void {
  const gateway = loadGateway(event.params.gateway);
  setBond(gateway, event.params.bond);
  gateway.bondThawing = ZERO;
  gateway.save();

  const activity = activityOf(event, 'BondWithdrawn');
  activity.account = event.params.gateway;
  activity.amount = event.params.amount;
  activity.save();
}

export function handleBondUsed(event: BondUsed): void {
  const gateway = loadGateway(event.params.gateway);
  setBond(gateway, event.params.bond);
  gateway.bondUsed = gateway.bondUsed.plus(event.params.amount);
  if (gateway.bondThawing.gt(gateway.bond)) gateway.bondThawing = gateway.bond;
  gateway.save();

  const activity = activityOf(event, 'BondUsed');
  activity.provider = event.params.provider;
  activity.account = event.params.gateway;
  activity.amount = event.params.amount;
  activity.save();
}

export function handleGatewayBarred(event: GatewayBarred): void {
  const gateway = loadGateway(event.params.gateway);
  gateway.barred = true;
  gateway.shortfall = gateway.shortfall.plus(event.params.shortfall);
  gateway.save();

  const activity = activityOf(event, 'GatewayBarred');
  activity.account = event.params.gateway;
  activity.amount = event.params.shortfall;
  activity.save();
}

export function handleTreasurySet(event: TreasurySet): void {
  setAccount(event, 'treasury', event.params.treasury);
  const activity = activityOf(event, 'TreasurySet');
  activity.account = event.params.treasury;
  activity.save();
}

export function handleSessionEscrowParameterSet(event: ParameterSet): void {
  handleParameter(event, 'ParameterSet', asciiOf(event.params.name), event.params.value);
}

export function handleSessionEscrowEntryPaused(event: EntryPaused): void {
  handleParameter(event, 'EntryPaused', 'entryPausedUntil', event.params.until);
}
