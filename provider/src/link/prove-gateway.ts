import {
  type Address,
  AssayError,
  type Domain,
  digestOf,
  type FrameMeta,
  type Hex,
  isSignedBy,
} from '@assay/wire';

/** What this connection's challenge said, and the nonce of our hello to it. */
export interface Greeted {
  readonly challenge: FrameMeta<'challenge'>;
  readonly providerNonce: Hex;
}

/** Holds a welcome to the gateway that the challenge named, and answers the challenge it proves. Throws L705. */
export function proveGateway(
  { signature }: FrameMeta<'welcome'>,
  greeted: Greeted | undefined,
  { domain, provider }: { readonly domain: Domain; readonly provider: Address },
): FrameMeta<'challenge'> {
  if (greeted === undefined) throw new AssayError('L700', { details: { reason: 'no hello yet' } });
  const { challenge, providerNonce } = greeted;
  const { gateway, nonce } = challenge;
  const digest = digestOf(domain, 'Welcome', { gateway, provider, nonce, providerNonce });
  if (isSignedBy(gateway, digest, signature)) return challenge;
  throw new AssayError('L705', {
    details: { gateway, reason: `the welcome is not signed by ${gateway}` },
  });
}
