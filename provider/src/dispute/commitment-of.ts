import type { Address, Hex } from '@assay/wire';
import { AbiCoder, keccak256 } from 'ethers';
import type { Vote } from './dispute-book.ts';

/** `keccak256(abi.encode(disputeId, juror, available, fingerprint, salt))`; the juror is the owner, whichever key sends it. */
export function commitmentOf(id: Hex, juror: Address, vote: Vote): Hex {
  const types = ['bytes32', 'address', 'bool', 'int32[16]', 'bytes32'];
  const values = [id, juror, vote.available, vote.fingerprint, vote.salt];
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, values)) as Hex;
}
