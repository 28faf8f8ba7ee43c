import { TypedDataEncoder } from 'ethers';
import { expect, test } from 'vitest';
import { digestOf, typedFields } from './eip712.ts';
import { helloDigest, linkHost } from './link-greeting.ts';
import { isSignedBy, signerOf } from './signature.ts';
import type { Hex } from './units.ts';

const word = (byte: string): Hex => `0x${byte.repeat(32)}`;
const account = (byte: string): Hex => `0x${byte.repeat(20)}`;
const domain = { chainId: 31337, verifyingContract: account('5f') };
const signer = signerOf(word('07'));
const greeting = {
  provider: account('a1'),
  gateway: account('b2'),
  host: 'market.example',
  nonce: word('c3'),
  providerNonce: word('d4'),
  time: 1_700_000_000_000n,
};

/** Other implementations of the link can hold themselves to these. */
const VECTORS = {
  hello: '0x47a94344a2e0d8141ceb512477aa4b398e2f25f4d7e62e4e60b68d60edd019d6',
  welcome: '0x8bbce5bc8d44412e4402f9c09b8789e090638939d49761e026ab9e022d727cf8',
} as const;

test('hello and welcome have the digests of the vectors, which ethers computes alike', () => {
  const { gateway, provider, nonce, providerNonce } = greeting;
  const welcome = { gateway, provider, nonce, providerNonce };
  expect(helloDigest(domain, greeting)).toBe(VECTORS.hello);
  expect(digestOf(domain, 'Welcome', welcome)).toBe(VECTORS.welcome);
  expect(
    TypedDataEncoder.hash(
      { name: 'Assay', version: '1', ...domain },
      typedFields('Welcome'),
      welcome,
    ),
  ).toBe(VECTORS.welcome);
});

test.each([
  ['another gateway', { gateway: account('b3') }],
  ['another host', { host: 'relay.example' }],
  ['another challenge', { nonce: word('c4') }],
  ['another answer', { providerNonce: word('d5') }],
  ['another provider', { provider: account('a2') }],
  ['another time', { time: 1n }],
] as const)('a hello does not hold for %s', (_, change) => {
  const signature = signer.sign(helloDigest(domain, greeting));
  expect(isSignedBy(signer.address, helloDigest(domain, greeting), signature)).toBe(true);
  const moved = helloDigest(domain, { ...greeting, ...change });
  expect(isSignedBy(signer.address, moved, signature)).toBe(false);
});

test.each([
  ['wss://Market.Example:8443/provider', 'market.example'],
  ['https://market.example./', 'market.example'],
  ['ws://127.0.0.1:4000/provider', 'localhost'],
  ['ws://localhost/provider', 'localhost'],
  ['ws://[::1]:9/provider', 'localhost'],
  ['http://0.0.0.0:4000', 'localhost'],
  ['ws://[2001:db8::1]:9/provider', '[2001:db8::1]'],
  ['ws://127.example', '127.example'],
])('the host of %s is %s', (url, host) => {
  expect(linkHost(url)).toBe(host);
});
