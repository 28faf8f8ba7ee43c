import { expect, test } from 'vitest';
import { createGatewayClaims } from './gateway-claims.ts';

const gateway = `0x${'11'.repeat(20)}` as const;
const L700 = expect.objectContaining({ code: 'L700' });

test('who comes first keeps a gateway that the config gives to nobody', () => {
  const claims = createGatewayClaims([{ url: 'ws://a' }, { url: 'ws://b' }]);
  claims.claim(gateway, 'ws://a');
  expect(() => claims.claim(gateway, 'ws://b')).toThrow(L700);
  claims.claim(gateway, 'ws://a');
});

test('a gateway of the config belongs to its marketplace, even before that has answered', () => {
  const claims = createGatewayClaims([{ url: 'ws://a' }, { url: 'ws://b', gateway }]);
  expect(() => claims.claim(gateway, 'ws://a')).toThrow(L700);
  claims.claim(gateway, 'ws://b');
});
