import type { Address, Close, Grant, Hex, Policy, TopUp, Voucher } from '@assay/wire';
import { AbiCoder, keccak256, TypedDataEncoder, toUtf8Bytes } from 'ethers';

/**
 * The messages a client signs. `typed-data.test.ts` holds them equal to the wire package, which itself needs
 * Node; this file runs in browsers too.
 */
const TYPES = {
  Grant:
    'address payer,address key,address gateway,uint32 gatewayFeePpm,uint64 expiresAt,uint32 withdrawDelay,bytes32 policy,bytes32 salt',
  TopUp: 'bytes32 sessionId,bytes32 salt',
  Close: 'bytes32 sessionId',
  Voucher: 'bytes32 sessionId,bytes32 offerId,uint128 cumulative',
  ReceiveWithAuthorization:
    'address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce',
} as const;

interface Messages {
  Grant: Grant;
  TopUp: TopUp;
  Close: Close;
  Voucher: Voucher;
  ReceiveWithAuthorization: Authorization;
}
export type MessageType = keyof Messages;

export interface Authorization {
  readonly from: Address;
  readonly to: Address;
  readonly value: bigint;
  readonly validAfter: bigint;
  readonly validBefore: bigint;
  readonly nonce: Hex;
}

export interface SigningDomain {
  readonly name: string;
  readonly version: string;
  readonly chainId: number;
  readonly verifyingContract: Address;
}

type Fields = Record<string, { name: string; type: string }[]>;

export function fieldsOf(type: MessageType): Fields {
  const fields = TYPES[type].split(',').map((field) => {
    const [solidity = '', name = ''] = field.split(' ');
    return { name, type: solidity };
  });
  return { [type]: fields };
}

export function digestOf<T extends MessageType>(
  domain: SigningDomain,
  type: T,
  message: Messages[T],
): Hex {
  return TypedDataEncoder.hash(domain, fieldsOf(type), { ...message }) as Hex;
}

const POLICY =
  'Policy(uint128 maxPerJob,uint128 maxPerPeriod,uint32 periodSeconds,bytes32[] models)';

/** `hashStruct(Policy)`, the grant's `policy` field. */
export function policyHash({ maxPerJob, maxPerPeriod, periodSeconds, models }: Policy): Hex {
  const modelsHash = keccak256(`0x${models.map((model) => model.slice(2)).join('')}`);
  return keccak256(
    AbiCoder.defaultAbiCoder().encode(
      ['bytes32', 'uint128', 'uint128', 'uint32', 'bytes32'],
      [keccak256(toUtf8Bytes(POLICY)), maxPerJob, maxPerPeriod, periodSeconds, modelsHash],
    ),
  ) as Hex;
}
