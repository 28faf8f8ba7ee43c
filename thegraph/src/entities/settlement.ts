import { BigInt, Bytes, ethereum } from '@graphprotocol/graph-ts';
import { VoucherClaimed } from '../../generated/SessionEscrow/SessionEscrow';
import { Model, Offer, Parameter, SettlementPoint, Spending } from '../../generated/schema';
import { NOBODY } from '../constants';
import { loadFeeAccount, loadGateway } from './gateway';
import { parameterId } from './parameter';
import { loadProtocol, protocolId } from './protocol';
import { loadProvider } from './provider';

export function creditProvider(event: VoucherClaimed): void {
  const provider = loadProvider(event.params.provider, event);
  provider.earned = provider.earned.plus(event.params.providerAmount);
  provider.unmatured = provider.unmatured.plus(event.params.providerAmount);
  provider.claimCount += 1;
  provider.lastClaimAt = event.block.timestamp;
  provider.save();
}

export function creditProtocol(event: VoucherClaimed): void {
  const protocol = loadProtocol();
  protocol.claims += 1;
  protocol.claimed = protocol.claimed.plus(event.params.delta);
  protocol.protocolFees = protocol.protocolFees.plus(event.params.protocolFee);
  protocol.gatewayFees = protocol.gatewayFees.plus(event.params.gatewayFee);
  protocol.royalties = protocol.royalties.plus(event.params.royalty);
  protocol.providerEarnings = protocol.providerEarnings.plus(event.params.providerAmount);
  protocol.bondPaid = protocol.bondPaid.plus(event.params.bondPaid);
  protocol.save();
}

export function creditFees(event: VoucherClaimed, gateway: Bytes | null): void {
  if (gateway !== null) {
    const front = loadGateway(gateway as Bytes);
    front.fees = front.fees.plus(event.params.gatewayFee);
    front.save();
    const account = loadFeeAccount(gateway as Bytes);
    account.gatewayFees = account.gatewayFees.plus(event.params.gatewayFee);
    account.save();
  }
  const model = Model.load(event.params.modelId);
  if (model != null) {
    model.claimCount += 1;
    model.claimed = model.claimed.plus(event.params.delta);
    model.royalties = model.royalties.plus(event.params.royalty);
    model.save();
    const account = loadFeeAccount(model.publisher);
    account.royalties = account.royalties.plus(event.params.royalty);
    account.save();
  }
  creditTreasury(event, event.params.protocolFee);
}

export function creditTreasury(event: ethereum.Event, amount: BigInt): void {
  const treasury = Parameter.load(parameterId(event.address, 'treasury'));
  if (treasury == null) return;
  const owner = treasury.account;
  if (owner === null) return;
  const account = loadFeeAccount(owner as Bytes);
  account.protocolFees = account.protocolFees.plus(amount);
  account.save();
}

export function recordSpending(event: VoucherClaimed): void {
  const id = event.params.sessionId.concat(event.params.offerId);
  let spending = Spending.load(id);
  if (spending == null) {
    spending = new Spending(id);
    spending.session = event.params.sessionId;
    spending.offerId = event.params.offerId;
    spending.offer = event.params.offerId;
    spending.claimCount = 0;
  }
  spending.cumulative = event.params.cumulative;
  spending.claimCount += 1;
  spending.receipts = event.params.receipts;
  spending.updatedAt = event.block.timestamp;
  spending.save();

  const offer = Offer.load(event.params.offerId);
  if (offer == null) return;
  offer.claimed = offer.claimed.plus(event.params.delta);
  offer.claimCount += 1;
  offer.save();
}

export function recordSettlement(event: VoucherClaimed, gateway: Bytes | null): void {
  const point = new SettlementPoint(0);
  point.protocol = protocolId();
  point.provider = event.params.provider;
  point.modelId = event.params.modelId;
  point.gateway = gateway === null ? (NOBODY as Bytes) : (gateway as Bytes);
  point.delta = event.params.delta;
  point.protocolFee = event.params.protocolFee;
  point.gatewayFee = event.params.gatewayFee;
  point.royalty = event.params.royalty;
  point.providerAmount = event.params.providerAmount;
  point.bondPaid = event.params.bondPaid;
  point.save();
}
