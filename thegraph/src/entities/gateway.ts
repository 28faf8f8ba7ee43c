import { Bytes } from '@graphprotocol/graph-ts';
import { FeeAccount, Gateway } from '../../generated/schema';
import { ZERO } from '../constants';

export function loadGateway(id: Bytes): Gateway {
  let gateway = Gateway.load(id);
  if (gateway == null) {
    gateway = new Gateway(id);
    gateway.bond = ZERO;
    gateway.bondThawing = ZERO;
    gateway.bondWithdrawableAt = ZERO;
    gateway.bondUsed = ZERO;
    gateway.barred = false;
    gateway.shortfall = ZERO;
    gateway.fees = ZERO;
    gateway.sessionCount = 0;
    gateway.openSessions = 0;
  }
  return gateway;
}

export function loadFeeAccount(id: Bytes): FeeAccount {
  let account = FeeAccount.load(id);
  if (account == null) {
    account = new FeeAccount(id);
    account.gatewayFees = ZERO;
    account.royalties = ZERO;
    account.protocolFees = ZERO;
    account.withdrawn = ZERO;
  }
  return account;
}
