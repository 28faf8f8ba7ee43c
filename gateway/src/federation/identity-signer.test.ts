import { identityVerifier } from '@assay/wire';
import { expect, test } from 'vitest';
import { identitySigner } from './execute-at-subgraph.ts';

const SECRET = 'a secret for tests that is long enough';

test('signs a caller once for one operation, and again before the header is stale', () => {
  let now = 1_000_000;
  const sign = identitySigner(SECRET, () => now);
  const caller = { requestId: 'r1' };
  const first = sign(caller);
  now += 10_000;
  expect(sign(caller)).toBe(first);
  now += 3_600_000;
  const later = sign(caller);
  expect(identityVerifier(SECRET)(later, now)).toEqual(caller);
  expect(() => identityVerifier(SECRET)(first, now)).toThrow();
});

test('never lends one caller’s header to another', () => {
  const sign = identitySigner(SECRET);
  const [a, b] = [
    { requestId: 'same' },
    { requestId: 'same', tokenHash: `0x${'ab'.repeat(32)}` as const },
  ];
  expect(identityVerifier(SECRET)(sign(a), Date.now())).toEqual(a);
  expect(identityVerifier(SECRET)(sign(b), Date.now())).toEqual(b);
});
