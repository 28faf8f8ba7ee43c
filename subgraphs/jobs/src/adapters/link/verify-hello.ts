import {
  type Address,
  AssayError,
  type Domain,
  type EpochMs,
  type FrameMeta,
  type Hex,
  helloDigest,
  LINK_LIMITS,
  recoverSigner,
  type Signer,
} from '@assay/wire';
import type { Registry } from '../../domain/registry-facts.ts';

export interface Challenged {
  readonly nonce: Hex;
  readonly at: EpochMs;
}

export interface HelloRules {
  readonly gateway: Signer;
  readonly hosts: ReadonlySet<string>;
  readonly domain: Domain;
  readonly registry: Registry;
}

/**
 * Holds a hello to this challenge, this gateway and a host of its own; answers who signed it. Throws L701, or L704 where
 * the provider dialled another host: whoever runs that one passed the challenge on.
 */
export async function verifyHello(
  hello: FrameMeta<'hello'>,
  challenged: Challenged,
  { gateway, hosts, domain, registry }: HelloRules,
): Promise<Address> {
  const { provider, host, nonce: providerNonce } = hello;
  if (Math.abs(hello.time - challenged.at) > LINK_LIMITS.challengeMaxAgeMs)
    throw new AssayError('L701', {
      details: { reason: 'the clock differs', time: challenged.at },
    });
  if (!hosts.has(host)) throw new AssayError('L704', { details: { host, own: [...hosts] } });
  const { nonce } = challenged;
  const time = BigInt(hello.time);
  const greeting = { provider, gateway: gateway.address, host, nonce, providerNonce, time };
  const signer = recoverSigner(helloDigest(domain, greeting), hello.signature);
  if (registry.provider(provider)?.receiptKey !== signer) await registry.refresh();
  const registered = registry.provider(provider)?.receiptKey;
  if (signer === undefined || registered !== signer)
    throw new AssayError('L701', { details: { provider, signer, registered } });
  return signer;
}
