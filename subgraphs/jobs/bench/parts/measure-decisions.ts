import { createRouter } from '../../src/routing/router.ts';
import { liveOf, MODEL, REQUEST } from './assay-policy.ts';
import { seeded } from './random.ts';
import { createProviders } from './world.ts';

const WARM_UP = 20_000;
const ROUNDS = 100_000;
const UNDERWAY = 2_000;

/** Microseconds of one `route`, with as many jobs under way as a busy gateway has. */
export function measureDecisions(providers: number): {
  readonly p50: number;
  readonly p99: number;
} {
  const random = seeded(providers);
  let clock = 0;
  const router = createRouter({ now: () => clock, random });
  for (const provider of createProviders(random, { providers, liars: 0 }))
    router.update(liveOf(provider, 0));
  for (const candidate of router.candidates(MODEL)) candidate.measured = 1;
  router.refresh();
  const underway: NonNullable<ReturnType<typeof router.route>>[] = [];
  const times = new Float64Array(ROUNDS);
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    clock += 1;
    const before = process.hrtime.bigint();
    const chosen = router.route(REQUEST);
    const took = Number(process.hrtime.bigint() - before) / 1_000;
    if (round >= WARM_UP) times[round - WARM_UP] = took;
    if (chosen !== undefined) underway.push(chosen);
    if (underway.length <= UNDERWAY) continue;
    const done = underway.shift();
    if (done !== undefined) done.row.ownInFlight -= 1;
    if (round % 1_000 === 0) router.refresh();
  }
  times.sort();
  return { p50: times[ROUNDS / 2] ?? 0, p99: times[Math.floor(0.99 * ROUNDS)] ?? 0 };
}
