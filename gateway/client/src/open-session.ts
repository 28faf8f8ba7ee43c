import type { Address, Grant, Hex, Policy } from '@assay/wire';
import { computeAddress } from 'ethers';
import { drawBytes, fromHex, hashOf, toHex } from './bytes.ts';
import { createGraphqlLink, type Endpoints } from './graphql-link.ts';
import { readNetwork } from './network.ts';
import type { Payer } from './payer.ts';
import { attachSession, type Session } from './session.ts';
import { digestOf, fieldsOf, policyHash } from './typed-data.ts';

export interface OpenSessionOptions {
  readonly payer: Payer;
  /** What the session may spend at most, in base units of the payment token. */
  readonly deposit: bigint;
  /** Who signs vouchers: this client (`self`, the default) or the gateway's hosted key. */
  readonly custody?: 'self' | 'hosted';
  readonly lifetimeSeconds?: number;
  /** How long providers have to claim after the session ends, before the rest is refunded. */
  readonly withdrawDelaySeconds?: number;
  readonly policy?: Partial<Policy>;
}

const DAY = 86_400;
const OPEN = `mutation Open($grant: GrantInput!, $authorization: AuthorizationInput!) {
  openSession(grant: $grant, authorization: $authorization) { session { id status } transaction }
}`;

/**
 * Opens a session with one wallet signature: the payment's ReceiveWithAuthorization, whose nonce is the digest of
 * the grant. The token that proves who opened it is drawn here and never sent; the grant carries its sha256.
 */
export async function openSession(
  endpoints: Endpoints,
  options: OpenSessionOptions,
): Promise<Session> {
  const { payer, deposit, custody = 'self' } = options;
  const link = createGraphqlLink(endpoints);
  const network = await readNetwork(link);
  const token = toHex(drawBytes(32));
  const sessionKey = custody === 'self' ? toHex(drawBytes(32)) : undefined;
  const policy = policyOf(options, deposit);
  const grant: Grant = {
    payer: (await payer.getAddress()).toLowerCase() as Address,
    key: sessionKey === undefined ? network.hostedKey : addressOf(sessionKey),
    gateway: network.gateway,
    gatewayFeePpm: network.gatewayFeePpm,
    expiresAt: BigInt(now() + (options.lifetimeSeconds ?? 7 * DAY)),
    withdrawDelay: options.withdrawDelaySeconds ?? DAY,
    policy: policyHash(policy),
    salt: hashOf(fromHex(token)),
  };
  const sessionId = digestOf(network.escrow, 'Grant', grant);
  const authorization = {
    from: grant.payer,
    to: network.escrow.verifyingContract,
    value: deposit,
    validAfter: 0n,
    validBefore: BigInt(now() + 3_600),
    nonce: sessionId,
  };
  const type = 'ReceiveWithAuthorization';
  const signature = await payer.signTypedData(network.token, fieldsOf(type), authorization);
  try {
    const { value, validAfter, validBefore } = authorization;
    await link.ask(OPEN, {
      grant: { ...asText({ ...grant }), policy: asText({ ...policy }) },
      authorization: { ...asText({ value, validAfter, validBefore }), signature },
    });
  } finally {
    await link.close();
  }
  const saved = { sessionId, token, ...(sessionKey === undefined ? {} : { sessionKey }) };
  return attachSession(endpoints, network, saved);
}

const now = () => Math.floor(Date.now() / 1000);
const addressOf = (key: Hex) => computeAddress(key).toLowerCase() as Address;

/** Without other wishes the deposit itself is the limit. */
function policyOf({ policy }: OpenSessionOptions, deposit: bigint): Policy {
  return { maxPerJob: deposit, maxPerPeriod: deposit, periodSeconds: DAY, models: [], ...policy };
}

/** The same object with amounts as decimal text. */
function asText(value: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([name, field]) => [name, typeof field === 'bigint' ? field.toString() : field]),
  );
}
