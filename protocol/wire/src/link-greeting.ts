import { keccak256 } from './bytes.ts';
import { type Domain, digestOf, type Hello } from './eip712.ts';
import type { Hex } from './units.ts';

/** What a provider signs to open a link, with the host in clear. */
export interface Greeting extends Omit<Hello, 'host'> {
  readonly host: string;
}

/** Digest of a hello. It holds for one gateway, one host and one pair of nonces: nobody in between can use it elsewhere. */
export function helloDigest(domain: Domain, greeting: Greeting): Hex {
  const host = keccak256(Buffer.from(greeting.host, 'utf8'));
  return digestOf(domain, 'Hello', { ...greeting, host });
}

const OWN_MACHINE = /^(localhost|127(\.\d+){3}|0\.0\.0\.0|\[::1?\])$/;

/**
 * The host of a URL as hellos name it: lower case, without port. All names of the own machine are `localhost`.
 *
 * @example linkHost('wss://Market.Example:8443/provider') === 'market.example'
 */
export function linkHost(url: string): string {
  const host = new URL(url).hostname.toLowerCase().replace(/\.$/, '');
  return OWN_MACHINE.test(host) ? 'localhost' : host;
}
