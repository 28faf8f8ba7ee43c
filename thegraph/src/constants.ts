import { Address, BigDecimal, BigInt } from '@graphprotocol/graph-ts';

export const ZERO = BigInt.zero();
export const WHOLE = BigDecimal.fromString('1');
export const NOBODY = Address.zero();

/** Staking counts at most this many times the own stake of what is delegated. */
export const DELEGATION_RATIO = BigInt.fromI32(8);

/** Staking keeps `rewardPerShare` in units of 10^-36. */
export const REWARD_SCALE = BigInt.fromString('1000000000000000000000000000000000000');
