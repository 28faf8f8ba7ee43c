import { expect, test } from 'vitest';
import { checkBlobUrl } from './check-blob-url.ts';

const LINK = 'ws://market.example:8080/provider';
const refusal = (blobUrl: string, link = LINK): unknown => {
  try {
    checkBlobUrl(link, blobUrl);
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

test('a marketplace may keep its blobs on its own host, on any port, or nowhere', () => {
  expect(() => checkBlobUrl(LINK, undefined)).not.toThrow();
  for (const url of ['http://market.example:8080/v2/blobs/', 'https://MARKET.example/v2/blobs'])
    expect(refusal(url)).toBeUndefined();
  expect(refusal('https://market.example/b', 'wss://market.example/provider')).toBeUndefined();
  expect(refusal('http://[::1]:9/b', 'ws://[::1]:8/provider')).toBeUndefined();
});

test.each([
  ['another host', 'http://169.254.169.254/latest/meta-data'],
  ['a host that only begins alike', 'http://market.example.evil.example/b'],
  ['a host behind credentials', 'http://market.example@10.0.0.1/b'],
  ['credentials', 'http://user:word@market.example/b'],
  ['a query', 'http://market.example/b?to='],
  ['an empty query', 'http://market.example/b?'],
  ['a fragment', 'http://market.example/b#'],
  ['another protocol', 'file:///etc/passwd'],
  ['no URL', 'blobs'],
])('refuses %s', (_, url) => {
  expect(refusal(url)).toBe('L700');
});

test('a protected link does not have its blobs in the clear', () => {
  expect(refusal('http://market.example/b', 'wss://market.example/provider')).toBe('L700');
});
