import { disputeCommitment, drawSeed, type Hex, jurorCommitment } from '@assay/wire';

/** What reporters and jurors hide behind, and what a committee is drawn from. */
export interface DisputeVectors {
  readonly reporter: Hex;
  readonly receiptDigest: Hex;
  readonly salt: Hex;
  readonly commitment: Hex;
  readonly disputeId: Hex;
  readonly juror: Hex;
  readonly jurorCommitment: Hex;
  readonly unavailableCommitment: Hex;
  readonly random: Hex;
  readonly seed: Hex;
}

const word = (byte: string): Hex => `0x${byte.repeat(32)}`;

/** Jurors commit to the lanes of `Vectors.fingerprint`. */
export function disputeVectors(fingerprint: readonly number[]): DisputeVectors {
  const [reporter, juror]: [Hex, Hex] = [`0x${'1a'.repeat(20)}`, `0x${'2b'.repeat(20)}`];
  const [receiptDigest, salt, disputeId, random] = [word('3c'), word('4d'), word('5e'), word('6f')];
  const nothing = { available: false, fingerprint: new Array<number>(16).fill(0), salt };
  return {
    reporter,
    receiptDigest,
    salt,
    commitment: disputeCommitment(reporter, receiptDigest, salt),
    disputeId,
    juror,
    jurorCommitment: jurorCommitment(disputeId, juror, { available: true, fingerprint, salt }),
    unavailableCommitment: jurorCommitment(disputeId, juror, nothing),
    random,
    seed: drawSeed(random, salt),
  };
}
