import { keccak256 } from './bytes.ts';
import type { Address, Hex } from './units.ts';

/**
 * EIP-712 digests of everything Assay signs. They are built by hand, word by word, because the generic
 * encoders cost more than the signature itself; `eip712.test.ts` proves them equal to ethers' encoder, and
 * the contract tests prove them equal to Solidity's.
 */
export interface Domain {
  readonly chainId: number;
  /** SessionEscrow; ProviderRegistry for ReceiptKey; DisputeManager for dispute types. */
  readonly verifyingContract: Address;
}

interface Field {
  readonly name: string;
  readonly type: 'address' | 'bytes32' | 'uint32' | 'uint64' | 'uint128';
}
const fields = (signature: string): readonly Field[] =>
  signature.split(',').map((part) => {
    const [type, name] = part.trim().split(' ');
    return { type, name } as Field;
  });

/** The signed types, letter by letter. Policy is not among them: its hash is a field of Grant. */
export const SIGNED_TYPES = {
  Grant:
    'address payer,address key,address gateway,uint32 gatewayFeePpm,uint64 expiresAt,uint32 withdrawDelay,bytes32 policy,bytes32 salt',
  TopUp: 'bytes32 sessionId,bytes32 salt',
  Close: 'bytes32 sessionId',
  Voucher: 'bytes32 sessionId,bytes32 offerId,uint128 cumulative',
  Guarantee: 'bytes32 sessionId,bytes32 offerId,uint128 cumulative,bytes32 receipts',
  Ticket:
    'bytes32 jobId,uint32 attempt,bytes32 sessionId,bytes32 offerId,uint128 maxPrice,uint64 deadline',
  Receipt:
    'bytes32 ticket,bytes32 execClass,bytes32 inputRoot,bytes32 outputRoot,bytes32 fingerprintHash,uint64 units,uint128 price,uint64 startedAt,uint64 finishedAt',
  ReceiptKey: 'address provider,address key',
  Hello:
    'address provider,address gateway,bytes32 host,bytes32 nonce,bytes32 providerNonce,uint64 time',
  Welcome: 'address gateway,address provider,bytes32 nonce,bytes32 providerNonce',
  Refusal: 'bytes32 ticket,bytes32 code,uint64 time',
  Quote: 'bytes32 quoteId,bytes32 modelId,uint128 price,uint64 expiresAt',
} as const;
export type SignedType = keyof typeof SIGNED_TYPES;

export interface Grant {
  readonly payer: Address;
  readonly key: Address;
  readonly gateway: Address;
  readonly gatewayFeePpm: number;
  readonly expiresAt: bigint;
  readonly withdrawDelay: number;
  readonly policy: Hex;
  readonly salt: Hex;
}
export interface TopUp {
  readonly sessionId: Hex;
  readonly salt: Hex;
}
export interface Close {
  readonly sessionId: Hex;
}
export interface Voucher {
  readonly sessionId: Hex;
  readonly offerId: Hex;
  readonly cumulative: bigint;
}
export interface Guarantee extends Voucher {
  readonly receipts: Hex;
}
export interface Ticket {
  readonly jobId: Hex;
  readonly attempt: number;
  readonly sessionId: Hex;
  readonly offerId: Hex;
  readonly maxPrice: bigint;
  /** Unix seconds. */
  readonly deadline: bigint;
}
export interface Receipt {
  readonly ticket: Hex;
  readonly execClass: Hex;
  readonly inputRoot: Hex;
  readonly outputRoot: Hex;
  readonly fingerprintHash: Hex;
  readonly units: bigint;
  readonly price: bigint;
  /** Milliseconds since the epoch, by the provider's clock. */
  readonly startedAt: bigint;
  readonly finishedAt: bigint;
}
export interface ReceiptKey {
  readonly provider: Address;
  readonly key: Address;
}
export interface Hello {
  readonly provider: Address;
  readonly gateway: Address;
  /** keccak256 of the host that the provider dialled. */
  readonly host: Hex;
  readonly nonce: Hex;
  readonly providerNonce: Hex;
  readonly time: bigint;
}
export interface Welcome {
  readonly gateway: Address;
  readonly provider: Address;
  readonly nonce: Hex;
  readonly providerNonce: Hex;
}
export interface Refusal {
  readonly ticket: Hex;
  readonly code: Hex;
  readonly time: bigint;
}
export interface QuoteTerms {
  readonly quoteId: Hex;
  readonly modelId: Hex;
  readonly price: bigint;
  readonly expiresAt: bigint;
}
export interface Signed {
  Grant: Grant;
  TopUp: TopUp;
  Close: Close;
  Voucher: Voucher;
  Guarantee: Guarantee;
  Ticket: Ticket;
  Receipt: Receipt;
  ReceiptKey: ReceiptKey;
  Hello: Hello;
  Welcome: Welcome;
  Refusal: Refusal;
  Quote: QuoteTerms;
}

/** Limits the payer states; enforced off chain by the gateway, hashed into the grant. Amounts in payment units. */
export interface Policy {
  readonly maxPerJob: bigint;
  readonly maxPerPeriod: bigint;
  readonly periodSeconds: number;
  readonly models: readonly Hex[];
}

const text = (value: string): Buffer => Buffer.from(value, 'utf8');
const bytes = (hex: string): Buffer => Buffer.from(hex.slice(2), 'hex');

interface Prepared {
  readonly typeHash: Buffer;
  readonly fields: readonly Field[];
}
const prepared = Object.fromEntries(
  Object.entries(SIGNED_TYPES).map(([name, signature]) => [
    name,
    { typeHash: bytes(keccak256(text(`${name}(${signature})`))), fields: fields(signature) },
  ]),
) as Record<SignedType, Prepared>;

const POLICY_TYPE_HASH = bytes(
  keccak256(
    text('Policy(uint128 maxPerJob,uint128 maxPerPeriod,uint32 periodSeconds,bytes32[] models)'),
  ),
);
const DOMAIN_TYPE_HASH = keccak256(
  text('EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)'),
);
export const DOMAIN_NAME = 'Assay';
export const DOMAIN_VERSION = '1';

function writeUint(word: Buffer, value: bigint, bits: number, name: string): void {
  if (value < 0n || value >= 1n << BigInt(bits))
    throw new RangeError(`${name} is not a uint${bits}: ${value}`);
  word.writeBigUInt64BE(value >> 64n, 16);
  word.writeBigUInt64BE(value & 0xffff_ffff_ffff_ffffn, 24);
}

function writeBytes(word: Buffer, hex: unknown, length: number, name: string): void {
  if (
    typeof hex !== 'string' ||
    hex.length !== 2 + 2 * length ||
    word.write(hex.slice(2), 32 - length, 'hex') !== length
  ) {
    throw new RangeError(`${name} is not ${length} bytes of hex`);
  }
}

function writeField(word: Buffer, field: Field, value: unknown): void {
  if (field.type === 'bytes32') writeBytes(word, value, 32, field.name);
  else if (field.type === 'address') writeBytes(word, value, 20, field.name);
  else writeUint(word, BigInt(value as bigint | number), Number(field.type.slice(4)), field.name);
}

/** `hashStruct` of EIP-712. Throws a RangeError where a value does not fit its type. */
export function structHash<T extends SignedType>(type: T, message: Signed[T]): Hex {
  const { typeHash, fields } = prepared[type];
  const encoded = Buffer.alloc(32 * (fields.length + 1));
  typeHash.copy(encoded);
  const values = message as unknown as Record<string, unknown>;
  for (const [index, field] of fields.entries()) {
    writeField(encoded.subarray(32 * (index + 1), 32 * (index + 2)), field, values[field.name]);
  }
  return keccak256(encoded);
}

const separators = new Map<string, Hex>();

/** The EIP-712 domain separator; cached, since a process knows a handful of domains. */
export function domainSeparator(domain: Domain): Hex {
  const key = `${domain.chainId}:${domain.verifyingContract}`;
  const cached = separators.get(key);
  if (cached !== undefined) return cached;
  const encoded = Buffer.alloc(32 * 5);
  bytes(DOMAIN_TYPE_HASH).copy(encoded);
  bytes(keccak256(text(DOMAIN_NAME))).copy(encoded, 32);
  bytes(keccak256(text(DOMAIN_VERSION))).copy(encoded, 64);
  writeUint(encoded.subarray(96, 128), BigInt(domain.chainId), 128, 'chainId');
  writeBytes(encoded.subarray(128, 160), domain.verifyingContract, 20, 'verifyingContract');
  const separator = keccak256(encoded);
  if (separators.size < 64) separators.set(key, separator);
  return separator;
}

/** What is signed: keccak256(0x1901 ‖ domainSeparator ‖ hashStruct). For a Grant this is the sessionId, for a Ticket its id. */
export function digestOf<T extends SignedType>(domain: Domain, type: T, message: Signed[T]): Hex {
  return keccak256(
    Buffer.concat([
      Buffer.from([0x19, 0x01]),
      bytes(domainSeparator(domain)),
      bytes(structHash(type, message)),
    ]),
  );
}

/** `hashStruct(Policy)`, the grant's `policy` field. */
export function policyHash(policy: Policy): Hex {
  const encoded = Buffer.alloc(32 * 5);
  POLICY_TYPE_HASH.copy(encoded);
  writeUint(encoded.subarray(32, 64), policy.maxPerJob, 128, 'maxPerJob');
  writeUint(encoded.subarray(64, 96), policy.maxPerPeriod, 128, 'maxPerPeriod');
  writeUint(encoded.subarray(96, 128), BigInt(policy.periodSeconds), 32, 'periodSeconds');
  const models = Buffer.concat(policy.models.map(bytes));
  writeBytes(encoded.subarray(128, 160), keccak256(models), 32, 'models');
  return keccak256(encoded);
}

/** The same types in the form ethers' `signTypedData` takes, for wallets. */
export function typedFields(type: SignedType): Record<string, { name: string; type: string }[]> {
  return { [type]: prepared[type].fields.map(({ name, type }) => ({ name, type })) };
}

/** ERC-3009 ReceiveWithAuthorization, signed by the payer in the token's own domain. */
export const RECEIVE_WITH_AUTHORIZATION = {
  ReceiveWithAuthorization: [
    { name: 'from', type: 'address' },
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'validAfter', type: 'uint256' },
    { name: 'validBefore', type: 'uint256' },
    { name: 'nonce', type: 'bytes32' },
  ],
};
