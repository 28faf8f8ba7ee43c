import type { Address, Hex, Ticket } from '@assay/wire';
import { expect, test } from 'vitest';
import type { Attempt } from './attempt.ts';
import { createAttempts } from './attempts.ts';

const [a, b] = [`0x${'0a'.repeat(20)}` as Address, `0x${'0b'.repeat(20)}` as Address];
const attempt = (ticketId: string, gateway: Address, change: Partial<Attempt> = {}): Attempt =>
  ({
    ...{ ticketId: ticketId as Hex, gateway, inputBytes: 10, acceptedAt: 1, released: 0 },
    ticket: { sessionId: '0x05' } as Partial<Ticket> as Ticket,
    outbox: { bytes: 5 } as Attempt['outbox'],
    ...{ reserved: 0n, state: 'admitting' as const },
    ...change,
  }) as Partial<Attempt> as Attempt;

function setup(lossMs = 1_000_000) {
  const attempts = createAttempts(lossMs);
  const [first, second] = [attempt('0x01', a), attempt('0x02', b)];
  attempts.add(first);
  attempts.add(second);
  return { attempts, first, second };
}

test('a gateway has its own tickets and its own load', () => {
  const { attempts, first } = setup();
  expect([attempts.get(a, '0x01'), attempts.get(b, '0x01')]).toEqual([first, undefined]);
  expect([attempts.has('0x01'), attempts.of(a)]).toEqual([true, [first]]);
  attempts.add(attempt('0x03', a));
  expect(attempts.loadOf(a)).toEqual({ attempts: 2, bytes: 30 });
  expect(attempts.loadOf(b)).toEqual({ attempts: 1, bytes: 15 });
  attempts.stated(first);
  expect(attempts.loadOf(a)).toEqual({ attempts: 2, bytes: 20 });
});

test('credit is reserved from admission until the receipt, by session and by gateway', () => {
  const { attempts, first, second } = setup();
  expect(attempts.reservedBy('0x05')).toEqual({ value: 0n, jobs: 0 });
  attempts.admit(first, 7n);
  attempts.admit(second, 5n);
  expect(attempts.reservedBy('0x05')).toEqual({ value: 12n, jobs: 2 });
  expect(attempts.reservedFor(a)).toEqual({ value: 7n, jobs: 1 });
  attempts.stated(first);
  attempts.remove(second);
  expect(attempts.reservedBy('0x05')).toEqual({ value: 0n, jobs: 0 });
});

test('what left before a stop counts for a while', () => {
  const { attempts, first } = setup();
  attempts.remove(first);
  attempts.stoppedAfterOutput(first, 3n);
  expect(attempts.reservedBy('0x05')).toEqual({ value: 3n, jobs: 1 });
  expect([attempts.reservedFor(a).jobs, attempts.reservedFor(b).jobs]).toEqual([1, 0]);
  const { attempts: later, first: old } = setup(-1);
  later.stoppedAfterOutput(old, 3n);
  expect(later.reservedBy('0x05').jobs).toBe(0);
});

test('idle once every attempt has its receipt or is gone; only stated ones are forgotten', async () => {
  const { attempts, first, second } = setup();
  const idle = attempts.idle();
  attempts.stated(first);
  attempts.forget(2);
  expect([attempts.has('0x01'), attempts.has('0x02')]).toEqual([false, true]);
  attempts.remove(second);
  await idle;
  expect([attempts.size, attempts.running]).toEqual([0, 0]);
});
