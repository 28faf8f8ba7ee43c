import { BigInt } from '@graphprotocol/graph-ts';
import { Gateway } from '../../generated/schema';
import { loadProtocol } from './protocol';

/** Puts a bond to what the event says it is now; the total moves by the difference. */
export function setBond(gateway: Gateway, bond: BigInt): void {
  const protocol = loadProtocol();
  protocol.bonds = protocol.bonds.plus(bond).minus(gateway.bond);
  protocol.save();
  gateway.bond = bond;
}
