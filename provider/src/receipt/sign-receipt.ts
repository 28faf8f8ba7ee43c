import {
  type Domain,
  deliveredTensors,
  digestOf,
  type FingerprintBasis,
  type FrameMeta,
  fingerprintHash,
  fingerprintOf,
  type Hex,
  outputRoot,
  type Receipt,
  type Signer,
  type Tensor,
  toHex,
} from '@assay/wire';

/** What was computed for one ticket, ready to be stated. */
export interface Computed {
  readonly ticket: Hex;
  readonly execClass: Hex;
  readonly inputRoot: Hex;
  /** All text of the job, empty where it has none, and its tensors in order. */
  readonly text: string;
  readonly tensors: readonly Tensor[];
  readonly fingerprintSource: Float32Array;
  readonly basis: FingerprintBasis;
  readonly units: bigint;
  readonly price: bigint;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly chunks: number;
  readonly energyJoules?: number | undefined;
  readonly energyMethod?: FrameMeta<'receipt'>['energyMethod'];
  /** A text that ended early for its deadline. */
  readonly cutShort?: boolean;
}

export interface SignedStatement {
  readonly digest: Hex;
  readonly receipt: Receipt;
  /** Meta of the receipt frame; its JSON is stored and sent again as it is. */
  readonly frame: FrameMeta<'receipt'>;
}

/** Commits to the output, fingerprints it and signs. Pure but for the signature: salt and times come with `computed`. */
export function signReceipt(
  computed: Computed,
  salt16: Uint8Array,
  { domain, signer }: { readonly domain: Domain; readonly signer: Signer },
): SignedStatement {
  const { ticket, execClass, inputRoot, units, price, text, tensors } = computed;
  const lanes = fingerprintOf(computed.fingerprintSource, computed.basis);
  const receipt: Receipt = {
    ticket,
    execClass,
    inputRoot,
    outputRoot: outputRoot(deliveredTensors(text, tensors)),
    fingerprintHash: fingerprintHash(lanes, salt16),
    units,
    price,
    startedAt: BigInt(Math.floor(computed.startedAt)),
    finishedAt: BigInt(Math.ceil(computed.finishedAt)),
  };
  const digest = digestOf(domain, 'Receipt', receipt);
  const frame: FrameMeta<'receipt'> = {
    ticket,
    receipt: receiptText(receipt),
    signature: signer.sign(digest),
    fingerprint: [...lanes],
    fingerprintSalt: toHex(salt16),
    chunks: computed.chunks,
    ...(computed.energyJoules !== undefined && { energyJoules: computed.energyJoules }),
    ...(computed.energyJoules !== undefined &&
      computed.energyMethod && { energyMethod: computed.energyMethod }),
    ...(computed.cutShort && { cutShort: true }),
  };
  return { digest, receipt, frame };
}

function receiptText(receipt: Receipt): FrameMeta<'receipt'>['receipt'] {
  const { units, price, startedAt, finishedAt, ...hashes } = receipt;
  const text = (value: bigint): string => value.toString();
  return {
    ...hashes,
    units: text(units),
    price: text(price),
    startedAt: text(startedAt),
    finishedAt: text(finishedAt),
  };
}
