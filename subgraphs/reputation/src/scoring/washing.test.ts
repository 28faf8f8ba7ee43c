import type { Address } from '@assay/wire';
import { expect, it, vi } from 'vitest';
import { SCORING, type ScoringParameters } from './parameters.ts';
import { Scoreboard } from './scoreboard.ts';
import { address, chainOf, outcome } from './testing.ts';
import { trafficWeight } from './traffic-share.ts';

// Slow only where many tests share few cores.
vi.setConfig({ testTimeout: 60_000 });

/**
 * A small market, a day at a time. Amounts are in job prices. Established providers fail 1 % of their jobs; the
 * washer fails `failing` of them and buys `washed` jobs a day from itself through payers of its own.
 */
interface Plan {
  readonly failing: number;
  readonly washed: number;
  /** Whether its payers name it, or let the router choose (and then mostly pay others). */
  readonly pinned: boolean;
}

const DAYS = 30;
const DAY_MS = 86_400_000;
const HONEST = 9;
const PAYERS = 10;
const JOBS_A_DAY = 1_000;
/** Part of the traffic that is spread evenly to find newcomers. */
const EXPLORATION = 0.02;
/** What fees take of a job that one pays oneself: protocol and gateway, 1 % each. */
const FEES = 0.02;
/** What doing a job costs. */
const COST = 0.6;
const WASHER = address(1);
const PROVIDERS = [WASHER, ...Array.from({ length: HONEST }, (_, place) => address(2 + place))];

/** One record a payer a day stands for many jobs: their fees add up. Parts of failures wait in `rest`. */
function record(board: Scoreboard, work: Work, rest: Map<string, number>) {
  const { provider, jobs, failing, at } = work;
  const each = jobs / PAYERS;
  for (let place = 0; place < PAYERS; place++) {
    const facts = { providerId: provider, payer: address(500 + place), at };
    const fee = (each * (1 - failing)).toFixed(6);
    board.apply({ ...outcome({ kind: 'completed', ...facts }), protocolFee: fee, price: '0' });
    const key = `${provider}${place}`;
    let failures = (rest.get(key) ?? place / PAYERS) + each * failing;
    for (; failures >= 1; failures--) board.apply(outcome({ kind: 'failed', ...facts }));
    rest.set(key, failures);
  }
}

interface Work {
  readonly provider: Address;
  readonly jobs: number;
  readonly failing: number;
  readonly at: number;
}

function profitOf({ failing, washed, pinned }: Plan, parameters = SCORING as ScoringParameters) {
  const board = new Scoreboard(parameters);
  const view = chainOf(PROVIDERS);
  const rest = new Map<string, number>();
  let profit = 0;
  for (let day = 0; day < DAYS; day++) {
    const at = day * DAY_MS;
    const standings = board.evaluate(at, view);
    const weights = PROVIDERS.map((id, place) => {
      const { trust = 0, jobs = 0 } = standings.get(id) ?? {};
      const known = place > 0 && day === 0 ? { trust: 0.95, jobs: 100 } : { trust, jobs };
      return trafficWeight({ ...known, speed: 1, stake: 10 });
    });
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const shares = weights.map(
      (weight) => (1 - EXPLORATION) * (weight / total) + EXPLORATION / PROVIDERS.length,
    );
    for (const [place, provider] of PROVIDERS.entries()) {
      const jobs = JOBS_A_DAY * (shares[place] ?? 0);
      record(board, { provider, jobs, failing: place === 0 ? failing : 0.01, at }, rest);
    }

    const share = shares[0] ?? 0;
    profit += JOBS_A_DAY * share * (1 - failing - COST);
    const reached = pinned ? 1 : share;
    const own = Math.ceil(washed / 50);
    for (let payer = 0; payer < own; payer++) {
      const facts = { providerId: WASHER, payer: address(5_000 + payer), at };
      const fee = ((washed * reached) / own).toFixed(6);
      const choices = pinned ? 1 : PROVIDERS.length;
      board.apply({
        ...outcome({ kind: 'completed', ...facts, choices }),
        protocolFee: fee,
        price: '0',
      });
    }
    profit -= washed * (reached * FEES + (1 - reached));
  }
  return profit;
}

const WASHED = [5, 25, 125, 500, 2_000];
const FAILING = [0.01, 0.05, 0.1, 0.3];

it.each([true, false])(
  'costs more than it gains to wash jobs (own payers name it: %s)',
  (pinned) => {
    const table = FAILING.map((failing) => {
      const honest = profitOf({ failing, washed: 0, pinned });
      const gains = WASHED.map((washed) => profitOf({ failing, washed, pinned }) - honest);
      return { failing, honest, gains };
    });
    console.table(
      table.map(({ failing, honest, gains }) => ({
        failing,
        honest: Math.round(honest),
        ...Object.fromEntries(
          WASHED.map((washed, place) => [washed, Math.round(gains[place] ?? 0)]),
        ),
      })),
    );
    for (const { gains } of table) for (const gain of gains) expect(gain).toBeLessThan(0);
  },
);

it('would pay if the payer’s own choice of provider counted in full', () => {
  const gullible = { ...SCORING, pinnedWeight: 1 };
  const plan = { failing: 0.1, pinned: true };
  const honest = profitOf({ ...plan, washed: 0 }, gullible);
  expect(profitOf({ ...plan, washed: 125 }, gullible)).toBeGreaterThan(honest);
});
