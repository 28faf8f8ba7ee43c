import {
  chainReceipts,
  type Domain,
  digestOf,
  domainSeparator,
  EMPTY_RECEIPTS,
  fingerprintHash,
  type Hex,
  modelIdOf,
  offerIdOf,
  policyHash,
  SIGNED_TYPES,
  type Signed,
  type SignedType,
} from '@assay/wire';
import { AbiCoder } from 'ethers';
import { type DisputeVectors, disputeVectors } from './dispute-vectors.ts';
import { type TreeVectors, treeVectors } from './tree-vectors.ts';

/** What both languages must answer alike, from fixed values that fill every bit of every field somewhere. */
export interface Vectors {
  readonly chainId: number;
  readonly verifyingContract: string;
  readonly domain: Hex;
  readonly digests: Readonly<Record<string, { readonly encoded: string; readonly digest: Hex }>>;
  readonly modelId: Hex;
  readonly offerId: Hex;
  readonly fingerprintHash: Hex;
  readonly fingerprint: string;
  readonly receiptChain: Hex;
  readonly policy: Hex;
  readonly policyEncoded: string;
  readonly dispute: DisputeVectors;
  readonly commitments: TreeVectors;
}

const POLICY = {
  maxPerJob: 1n,
  maxPerPeriod: 2n ** 128n - 1n,
  periodSeconds: 3600,
  models: [`0x${'0a'.repeat(32)}`, `0x${'0b'.repeat(32)}`],
} as const;

const word = (byte: string): Hex => `0x${byte.repeat(32)}`;
const account = (byte: string): Hex => `0x${byte.repeat(20)}`;
const MAX_64 = 2n ** 64n - 1n;
const MAX_128 = 2n ** 128n - 1n;

/** The types that contracts read. `Hello`, `Welcome`, `Refusal` and `Quote` never reach a chain. */
const messages = {
  Grant: {
    payer: account('a1'),
    key: account('b2'),
    gateway: account('c3'),
    gatewayFeePpm: 50_000,
    expiresAt: MAX_64,
    withdrawDelay: 2 ** 32 - 1,
    policy: word('d4'),
    salt: word('e5'),
  },
  TopUp: { sessionId: word('f6'), salt: word('07') },
  Close: { sessionId: word('18') },
  Voucher: { sessionId: word('29'), offerId: word('3a'), cumulative: MAX_128 },
  Guarantee: {
    sessionId: word('4b'),
    offerId: word('5c'),
    cumulative: 1n,
    receipts: word('6d'),
  },
  Ticket: {
    jobId: word('7e'),
    attempt: 2 ** 32 - 1,
    sessionId: word('8f'),
    offerId: word('90'),
    maxPrice: MAX_128,
    deadline: MAX_64,
  },
  Receipt: {
    ticket: word('a1'),
    execClass: word('b2'),
    inputRoot: word('c3'),
    outputRoot: word('d4'),
    fingerprintHash: word('e5'),
    units: MAX_64,
    price: MAX_128,
    startedAt: 1n,
    finishedAt: MAX_64,
  },
  ReceiptKey: { provider: account('f6'), key: account('07') },
} satisfies { [T in SignedType]?: Signed[T] };

function encode(type: keyof typeof messages): string {
  const fields = SIGNED_TYPES[type].split(',').map((field) => field.trim().split(' '));
  const values = messages[type] as Readonly<Record<string, unknown>>;
  return AbiCoder.defaultAbiCoder().encode(
    fields.map(([kind = '']) => kind),
    fields.map(([, name = '']) => values[name]),
  );
}

export function makeVectors(): Vectors {
  const domain: Domain = { chainId: 8453, verifyingContract: account('99') };
  const types = Object.keys(messages) as (keyof typeof messages)[];
  const digest = (type: keyof typeof messages) =>
    digestOf(domain, type, messages[type] as Signed[typeof type]);
  const lanes = Int32Array.from({ length: 16 }, (_, i) => (i % 2 ? -1 : 1) * 2 ** (2 * i) - i);
  return {
    chainId: domain.chainId,
    verifyingContract: domain.verifyingContract,
    domain: domainSeparator(domain),
    digests: Object.fromEntries(
      types.map((type) => [type, { encoded: encode(type), digest: digest(type) }]),
    ),
    modelId: modelIdOf(account('a1'), word('b2')),
    offerId: offerIdOf(account('c3'), word('d4')),
    fingerprint: AbiCoder.defaultAbiCoder().encode(['int32[16]'], [[...lanes]]),
    fingerprintHash: fingerprintHash(lanes, new Uint8Array(16).fill(0x5a)),
    receiptChain: chainReceipts(EMPTY_RECEIPTS, [word('01'), word('02')]),
    policy: policyHash(POLICY),
    policyEncoded: AbiCoder.defaultAbiCoder().encode(
      ['uint128', 'uint128', 'uint32', 'bytes32[]'],
      [POLICY.maxPerJob, POLICY.maxPerPeriod, POLICY.periodSeconds, POLICY.models],
    ),
    dispute: disputeVectors([...lanes]),
    commitments: treeVectors(),
  };
}
