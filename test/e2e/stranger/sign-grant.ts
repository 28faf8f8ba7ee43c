import { randomBytes } from 'node:crypto';
import type { Network } from '@assay/wire';
import { getBytes, hexlify, sha256, TypedDataEncoder, Wallet } from 'ethers';
import { data } from './graphql.ts';

const POLICY = [
  { name: 'maxPerJob', type: 'uint128' },
  { name: 'maxPerPeriod', type: 'uint128' },
  { name: 'periodSeconds', type: 'uint32' },
  { name: 'models', type: 'bytes32[]' },
];
const GRANT = [
  { name: 'payer', type: 'address' },
  { name: 'key', type: 'address' },
  { name: 'gateway', type: 'address' },
  { name: 'gatewayFeePpm', type: 'uint32' },
  { name: 'expiresAt', type: 'uint64' },
  { name: 'withdrawDelay', type: 'uint32' },
  { name: 'policy', type: 'bytes32' },
  { name: 'salt', type: 'bytes32' },
];
const AUTHORIZATION = [
  { name: 'from', type: 'address' },
  { name: 'to', type: 'address' },
  { name: 'value', type: 'uint256' },
  { name: 'validAfter', type: 'uint256' },
  { name: 'validBefore', type: 'uint256' },
  { name: 'nonce', type: 'bytes32' },
];
const NETWORK = `{ network {
  chainId gateway hostedKey gatewayFeePpm
  paymentToken { address name version } contracts { name address } limits { minDeposit }
} }`;

/** What a test may want to be different, or wrong. */
export interface GrantWishes {
  readonly payerKey?: string;
  readonly signer?: string;
  readonly key?: string;
  readonly gateway?: string;
  readonly expiresAt?: number;
  readonly deposit?: bigint;
  readonly policy?: Partial<PolicyInput>;
}
interface PolicyInput {
  maxPerJob: string;
  maxPerPeriod: string;
  periodSeconds: number;
  models: string[];
}

export interface SignedGrant {
  readonly token: string;
  readonly sessionId: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The one signature that opens a session, made by hand from the API's own answers. */
export async function signGrant(network: Network, wishes: GrantWishes = {}): Promise<SignedGrant> {
  const { network: facts } = await data(network.graphql, { query: NETWORK });
  const escrow = facts.contracts.find((c: { name: string }) => c.name === 'SessionEscrow').address;
  const payer = new Wallet(wishes.payerKey ?? network.demo.payerPrivateKey);
  const now = Math.floor(Date.now() / 1000);
  const token = hexlify(randomBytes(32));
  const policy = {
    maxPerJob: '1000000',
    maxPerPeriod: '100000000',
    periodSeconds: 3600,
    models: Object.values(network.models),
    ...wishes.policy,
  };
  const grant = {
    payer: payer.address.toLowerCase(),
    key: wishes.key ?? facts.hostedKey,
    gateway: wishes.gateway ?? facts.gateway,
    gatewayFeePpm: facts.gatewayFeePpm,
    expiresAt: String(wishes.expiresAt ?? now + 7 * 86_400),
    withdrawDelay: 86_400,
    policy,
    salt: sha256(getBytes(token)),
  };
  const sessionId = TypedDataEncoder.hash(
    { name: 'Assay', version: '1', chainId: facts.chainId, verifyingContract: escrow },
    { Grant: GRANT },
    { ...grant, policy: TypedDataEncoder.hashStruct('Policy', { Policy: POLICY }, policy) },
  );
  const { address, name, version } = facts.paymentToken;
  const authorization = {
    from: payer.address,
    to: escrow,
    value: wishes.deposit ?? 20_000_000n,
    validAfter: 0n,
    validBefore: BigInt(now + 3600),
    nonce: sessionId,
  };
  const signature = await new Wallet(wishes.signer ?? payer.privateKey).signTypedData(
    { name, version, chainId: facts.chainId, verifyingContract: address },
    { ReceiveWithAuthorization: AUTHORIZATION },
    authorization,
  );
  const { value, validAfter, validBefore } = authorization;
  return {
    token,
    sessionId,
    variables: {
      grant,
      authorization: {
        value: `${value}`,
        validAfter: `${validAfter}`,
        validBefore: `${validBefore}`,
        signature,
      },
    },
  };
}
