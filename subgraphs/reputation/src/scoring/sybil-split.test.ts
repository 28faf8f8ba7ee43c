import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { SCORING } from './parameters.ts';
import { PayerVoices } from './payer-voices.ts';
import { address } from './testing.ts';
import { trafficWeight } from './traffic-share.ts';
import { trustOf } from './trust.ts';

// Slow only where many tests share few cores.
vi.setConfig({ testTimeout: 60_000 });

interface Payer {
  readonly good: number;
  readonly bad: number;
  /** What it paid other providers. */
  readonly elsewhere: number;
}

const REST = address(999);
const NOTHING = { good: 0, bad: 0 };

/** The sum of traffic weights when a provider's work is done under identities with these parts of it. */
function attraction(payers: readonly Payer[], parts: readonly number[], stake: number): number {
  const tracks = [SCORING.slowHalfLifeMs, SCORING.fastHalfLifeMs].map((halfLife) => {
    const voices = new PayerVoices(halfLife, SCORING.payerCap);
    for (const [place, payer] of payers.entries()) {
      const who = address(100 + place);
      voices.add(who, REST, { good: payer.elsewhere, bad: 0 }, 0);
      for (const [part, share] of parts.entries())
        voices.add(who, address(1 + part), { good: payer.good * share, bad: payer.bad * share }, 0);
    }
    return voices.evidence(0);
  });
  const [slow, fast] = tracks as [(typeof tracks)[0], (typeof tracks)[0]];
  let network = 0;
  for (const { good, bad } of slow.values()) network += good + bad;
  const weights = parts.map((share, part) => {
    const evidence = {
      slow: slow.get(address(1 + part)) ?? NOTHING,
      fast: fast.get(address(1 + part)) ?? NOTHING,
    };
    const trust = trustOf({ ...evidence, held: 0, network });
    const jobs = evidence.slow.good + evidence.slow.bad;
    return trafficWeight({ trust, jobs, speed: share, stake: stake * share });
  });
  return weights.reduce((sum, weight) => sum + weight, 0);
}

const amount = fc.double({ min: 0, max: 500, noNaN: true });
const anyPayers = fc.array(fc.record({ good: amount, bad: amount, elsewhere: amount }), {
  minLength: 1,
  maxLength: 12,
});
const anyParts = fc
  .array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 2, maxLength: 8 })
  .map((parts) => {
    const total = parts.reduce((sum, part) => sum + part, 0);
    return parts.map((part) => part / total);
  });

it('gives identities that share a provider’s work, speed and stake no more traffic than it alone, or than a stranger', () => {
  // On an established market: while all are new, everybody has the same benefit of the doubt.
  const crowd = Array.from({ length: 20 }, () => ({ good: 0, bad: 0, elsewhere: 50 }));
  const stake = fc.double({ min: 0.1, max: 10, noNaN: true });
  fc.assert(
    fc.property(anyPayers, anyParts, stake, (payers, parts, staked) => {
      const whole = attraction([...payers, ...crowd], [1], staked);
      const split = attraction([...payers, ...crowd], parts, staked);
      // Whoever is worse than a stranger can start again as one, at the price of another minimum stake.
      const stranger = attraction(crowd, [1], staked);
      expect(split).toBeLessThanOrEqual(Math.max(whole, stranger) * (1 + 1e-9));
    }),
    { numRuns: 1_000 },
  );
});

it('leaves a payer’s voice as loud as it was, however many providers it is shared among', () => {
  fc.assert(
    fc.property(amount, anyParts, (paid, parts) => {
      const loudness = (shares: readonly number[]) => {
        const voices = new PayerVoices(SCORING.slowHalfLifeMs, SCORING.payerCap);
        for (const [place, share] of shares.entries())
          voices.add(address(100), address(place), { good: paid * share, bad: 0 }, 0);
        return [...voices.evidence(0).values()].reduce((sum, { good }) => sum + good, 0);
      };
      expect(loudness(parts)).toBeCloseTo(loudness([1]), 6);
    }),
  );
});
