import { expect, test } from 'vitest';
import { signIdentity, verifyIdentity } from './identity.ts';

const secret = 'a-secret-of-the-test';
const tokenHash = `0x${'ab'.repeat(32)}` as const;

test('carries who is asking', () => {
  const header = signIdentity({ requestId: 'r1', tokenHash }, secret, 1_000);
  expect(verifyIdentity(header, secret, 2_000)).toEqual({ requestId: 'r1', tokenHash });
});

test.each([
  ['a missing header', undefined],
  ['a bare header', 'eyJyZXF1ZXN0SWQiOiJyMSJ9'],
  ['another secret', signIdentity({ requestId: 'r1' }, 'other', 1_000)],
  ['a stale header', signIdentity({ requestId: 'r1' }, secret, -100_000)],
  ['garbage', '..'],
])('refuses %s', (_, header) => {
  expect(() => verifyIdentity(header, secret, 1_000)).toThrow(
    expect.objectContaining({ code: 'G803' }),
  );
});
