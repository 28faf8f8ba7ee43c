import { expect, test } from 'vitest';
import { identityVerifier, signIdentity } from './identity.ts';

const secret = 'a-secret-of-the-test';
const tokenHash = `0x${'ab'.repeat(32)}` as const;

test('carries who is asking', () => {
  const header = signIdentity({ requestId: 'r1', tokenHash }, secret, 1_000);
  expect(identityVerifier(secret)(header, 2_000)).toEqual({ requestId: 'r1', tokenHash });
});

test.each([
  ['a missing header', undefined],
  ['a bare header', 'eyJyZXF1ZXN0SWQiOiJyMSJ9'],
  ['another secret', signIdentity({ requestId: 'r1' }, 'other', 1_000)],
  ['a stale header', signIdentity({ requestId: 'r1' }, secret, -100_000)],
  ['garbage', '..'],
])('refuses %s', (_, header) => {
  expect(() => identityVerifier(secret)(header, 1_000)).toThrow(
    expect.objectContaining({ code: 'G803' }),
  );
});

test('refuses a header that was good before and is stale now', () => {
  const verify = identityVerifier(secret);
  const header = signIdentity({ requestId: 'r1' }, secret, 1_000);
  expect(verify(header, 1_000)).toEqual(verify(header, 61_000));
  expect(() => verify(header, 61_001)).toThrow(expect.objectContaining({ code: 'G803' }));
});
