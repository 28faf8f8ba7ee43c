import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { SCORING } from './parameters.ts';
import { Scoreboard } from './scoreboard.ts';
import { address, chainOf, facts, MIN_STAKE, type OutcomeFacts, outcome } from './testing.ts';

// Slow only where many tests share few cores.
vi.setConfig({ testTimeout: 60_000 });

const PROVIDER = address(1);
const OTHER = address(2);

function standingAfter(history: readonly OutcomeFacts[], now = 0, fact = facts()) {
  const board = new Scoreboard();
  for (const one of history) board.apply(outcome(one));
  const standing = board.evaluate(now, chainOf([PROVIDER, OTHER], fact)).get(PROVIDER);
  if (standing === undefined) throw new Error('the provider is on the chain');
  return standing;
}

const completed = (count: number, given: Partial<OutcomeFacts> = {}): OutcomeFacts[] =>
  Array.from({ length: count }, (_, place) => ({
    kind: 'completed' as const,
    providerId: PROVIDER,
    payer: address(100 + place),
    ...given,
  }));
const failed = (count: number, given: Partial<OutcomeFacts> = {}): OutcomeFacts[] =>
  completed(count, { kind: 'failed', ...given });

const anyHistory = fc.array(
  fc
    .record({
      kind: fc.constantFrom(
        ...(['completed', 'failed', 'timeout', 'lost', 'invalid', 'refused'] as const),
        ...(['audit-match', 'audit-mismatch', 'rating'] as const),
      ),
      provider: fc.nat(1),
      payer: fc.nat(4),
      at: fc.nat(3 * SCORING.slowHalfLifeMs),
      protocolFee: fc.nat(5_000),
      choices: fc.integer({ min: 1, max: 4 }),
      rating: fc.integer({ min: 1, max: 5 }),
    })
    .map(({ provider, payer, protocolFee, ...rest }) => ({
      ...rest,
      providerId: address(1 + provider),
      payer: address(100 + payer),
      protocolFee: `${protocolFee}`,
      price: '0',
    })),
  { maxLength: 40 },
);

it('never lowers a score or a trust for a good outcome', () => {
  const good = fc.record({
    payer: fc.nat(6),
    protocolFee: fc.nat(5_000),
    choices: fc.integer({ min: 1, max: 4 }),
  });
  fc.assert(
    fc.property(anyHistory, good, fc.boolean(), (history, extra, audited) => {
      const now = 3 * SCORING.slowHalfLifeMs;
      const before = standingAfter(history, now);
      const kind = audited ? ('audit-match' as const) : ('completed' as const);
      const more: OutcomeFacts = {
        kind,
        providerId: PROVIDER,
        payer: address(100 + extra.payer),
        protocolFee: `${extra.protocolFee}`,
        price: '0',
        choices: extra.choices,
        at: now,
      };
      const after = standingAfter([...history, more], now);
      expect(after.score).toBeGreaterThanOrEqual(before.score - 1e-12);
      expect(after.trust).toBeGreaterThanOrEqual(before.trust - 1e-12);
    }),
    { numRuns: 1_000 },
  );
});

it('never raises a score for a bad outcome', () => {
  fc.assert(
    fc.property(anyHistory, fc.constantFrom('failed', 'audit-mismatch'), (history, kind) => {
      const now = 3 * SCORING.slowHalfLifeMs;
      const bad: OutcomeFacts = { kind, providerId: PROVIDER, at: now } as OutcomeFacts;
      const before = standingAfter(history, now).score;
      expect(standingAfter([...history, bad], now).score).toBeLessThanOrEqual(before + 1e-12);
    }),
    { numRuns: 1_000 },
  );
});

it('keeps scores, trust and parts between 0 and 1, and the score the sum of its parts', () => {
  fc.assert(
    fc.property(anyHistory, fc.nat(4 * SCORING.slowHalfLifeMs), (history, now) => {
      const { score, trust, parts, eligible } = standingAfter(history, now);
      for (const value of [score, trust, ...parts.map((part) => part.value)]) {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
      }
      const sum = parts.reduce((total, { value, weight }) => total + value * weight, 0);
      expect(score).toBeCloseTo(eligible ? sum : 0, 12);
    }),
  );
});

it('resumes from its own state as if it had never stopped', () => {
  fc.assert(
    fc.property(anyHistory, anyHistory, (first, second) => {
      const now = 3 * SCORING.slowHalfLifeMs;
      const one = new Scoreboard();
      for (const given of first) one.apply(outcome(given));
      const other = new Scoreboard();
      other.restore(JSON.parse(JSON.stringify(one.toState())));
      for (const board of [one, other]) for (const given of second) board.apply(outcome(given));
      const view = chainOf([PROVIDER, OTHER]);
      expect(other.evaluate(now, view)).toEqual(one.evaluate(now, view));
    }),
  );
});

it('gives a provider more benefit of the doubt while the whole network is new', () => {
  const alone = standingAfter([]).trust;
  const established = standingAfter(completed(600, { providerId: OTHER })).trust;
  expect(alone).toBeGreaterThan(0.8);
  expect(established).toBeLessThan(0.6);
});

it('counts what outcomes paid, not how many they were', () => {
  const many = standingAfter([...completed(100, { protocolFee: '0', price: '0' }), ...failed(2)]);
  const paying = standingAfter([...completed(20), ...failed(2)]);
  expect(paying.trust).toBeGreaterThan(many.trust);
});

it('does not let one payer decide alone', () => {
  const bulk = { payer: address(100) };
  const hated = [...completed(60), ...failed(400, bulk)];
  const broken = [...completed(60), ...failed(400)];
  expect(standingAfter(hated).trust).toBeGreaterThan(standingAfter(broken).trust);
  const rich = standingAfter(completed(10_000, bulk)).jobs;
  expect(rich).toBeLessThan(SCORING.payerCap * 8);
});

it('hardly hears payers who named the provider themselves', () => {
  expect(standingAfter(completed(100, { choices: 1 })).jobs).toBeLessThan(0.1);
});

it('sees a sudden failure within minutes and forgives it within hours', () => {
  const minute = 60_000;
  const usual = completed(200);
  const burst = failed(20, { at: 120 * minute });
  const before = standingAfter(usual, 120 * minute).trust;
  const during = standingAfter([...usual, ...burst], 120 * minute).trust;
  const later = standingAfter([...usual, ...burst], 240 * minute).trust;
  expect(during).toBeLessThan(before / 2);
  expect(later).toBeGreaterThan(before * 0.85);
});

it('does not count shed load as failure', () => {
  const calm = standingAfter(completed(30));
  const busy = standingAfter([...completed(30), ...failed(50, { kind: 'refused' })]);
  expect(busy.score).toBe(calm.score);
});

it('bars a provider whose audits did not match twice, and says so', () => {
  const mismatch: OutcomeFacts = { kind: 'audit-mismatch', providerId: PROVIDER };
  expect(standingAfter([...completed(50), mismatch]).eligible).toBe(true);
  expect(standingAfter([...completed(50), mismatch, mismatch])).toMatchObject({
    eligible: false,
    score: 0,
    reason: 'audits did not match',
  });
});

it('bars a provider without stake, and lets a slash fade', () => {
  expect(standingAfter([], 0, facts(0n))).toMatchObject({ eligible: false, reason: 'no stake' });
  const day = 86_400_000;
  const slashed = { ...facts(5n * MIN_STAKE), slashes: [{ atMs: 0, reason: 'conflict' }] };
  const clean = standingAfter(completed(50)).score;
  const fresh = standingAfter(completed(50), 0, slashed).score;
  const old = standingAfter(completed(50, { at: 60 * day }), 60 * day, slashed).score;
  expect(fresh).toBeLessThan(clean - 0.1);
  expect(old).toBeGreaterThan(fresh);
});

it('weighs ratings by what their payers paid, one for each payer', () => {
  const rated = (payer: number, rating: number): OutcomeFacts => ({
    kind: 'rating',
    providerId: PROVIDER,
    payer: address(payer),
    rating,
  });
  const paid = completed(20, { payer: address(100) });
  const value = (history: OutcomeFacts[]) =>
    standingAfter(history).parts.find(({ name }) => name === 'ratings')?.value ?? 0;
  const strangers = Array.from({ length: 50 }, (_, place) => rated(500 + place, 1));
  expect(value([...paid, rated(100, 5), ...strangers])).toBe(value([...paid, rated(100, 5)]));
  expect(value([...paid, rated(100, 1), rated(100, 5)])).toBe(value([...paid, rated(100, 5)]));
  expect(value([...paid, rated(100, 1)])).toBeLessThan(value(paid));
});
