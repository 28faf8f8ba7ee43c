import { type Address, AssayError } from '@assay/wire';

interface Marketplace {
  readonly url: string;
  readonly gateway?: Address | undefined;
}

/** Which link speaks for which gateway. A challenge only claims an address, so one address has one link, for good. */
export interface GatewayClaims {
  /** Throws L700 where another link has the gateway already, or the config gives it to another. */
  claim(gateway: Address, url: string): void;
}

export function createGatewayClaims(marketplaces: readonly Marketplace[]): GatewayClaims {
  const owners = new Map<Address, string>();
  for (const { url, gateway } of marketplaces)
    if (gateway !== undefined && !owners.has(gateway)) owners.set(gateway, url);
  return {
    claim(gateway, url) {
      const owner = owners.get(gateway) ?? url;
      if (owner !== url)
        throw new AssayError('L700', {
          details: { reason: `another link has the gateway ${gateway}`, url, owner },
          hint: 'Name the gateway of each marketplace in marketplaces[].gateway, and each marketplace once.',
        });
      owners.set(gateway, url);
    },
  };
}
