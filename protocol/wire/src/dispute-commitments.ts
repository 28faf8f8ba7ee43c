import { AbiCoder } from 'ethers';
import { fromHex, keccak256 } from './bytes.ts';
import type { Address, Hex } from './units.ts';

/** What a juror found, hidden until the reveal. An unavailable input has zero lanes. */
export interface JurorVote {
  readonly available: boolean;
  readonly fingerprint: readonly number[];
  readonly salt: Hex;
}

const hash = (types: readonly string[], values: readonly unknown[]): Hex =>
  keccak256(fromHex(AbiCoder.defaultAbiCoder().encode(types, values)));

/** `keccak256(abi.encode(reporter, receiptDigest, salt))`: what a reporter commits to before anybody sees whom it accuses. */
export function disputeCommitment(reporter: Address, receiptDigest: Hex, salt: Hex): Hex {
  return hash(['address', 'bytes32', 'bytes32'], [reporter, receiptDigest, salt]);
}

/** `keccak256(abi.encode(disputeId, juror, available, fingerprint, salt))`. */
export function jurorCommitment(disputeId: Hex, juror: Address, vote: JurorVote): Hex {
  const types = ['bytes32', 'address', 'bool', 'int32[16]', 'bytes32'];
  return hash(types, [disputeId, juror, vote.available, vote.fingerprint, vote.salt]);
}

/** `keccak256(abi.encode(random, salt))`: from which the committee is drawn. */
export function drawSeed(random: Hex, salt: Hex): Hex {
  return hash(['bytes32', 'bytes32'], [random, salt]);
}
