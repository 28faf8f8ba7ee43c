import { EventHeap } from './event-heap.ts';
import type { Answer, CreatePolicy, Policy } from './policy.ts';
import { exponential, normal, seeded } from './random.ts';
import { createProviders, inFlight, rateNow, type SimProvider } from './world.ts';

export interface Scenario {
  readonly seed: number;
  readonly providers: number;
  readonly load: number;
  readonly liars: number;
  readonly warmUpMs: number;
  readonly measuredMs: number;
}

export interface Result {
  /** Of the jobs that were answered; the others are in `errorShare`. */
  readonly p50: number;
  readonly p99: number;
  readonly errorShare: number;
  readonly meanPrice: number;
  /** Share of the jobs that liars got. */
  readonly liarShare: number;
  readonly liarCapacity: number;
}

interface Underway {
  readonly size: number;
  readonly policy: Policy | undefined;
  startedAt: number | undefined;
}

const GATEWAYS = 4;
const MAX_QUEUE = 100;
const TIMEOUT_MS = 10_000;
const SIGMA = 1;
const CRASH_EVERY_MS = 600_000;
const REPAIR_MS = 20_000;

/** Runs one policy through one scenario. Arrivals, sizes and crashes of a seed are the same for every policy. */
export function simulate(create: CreatePolicy, scenario: Scenario): Result {
  const providers = createProviders(seeded(scenario.seed), scenario);
  const arrivals = seeded(scenario.seed + 1);
  const crashes = seeded(scenario.seed + 2);
  const failures = seeded(scenario.seed + 3);
  const capacity = providers.reduce((sum, { rate }) => sum + rate, 0);
  const end = scenario.warmUpMs + scenario.measuredMs;
  const heap = new EventHeap();
  const policies = Array.from({ length: GATEWAYS }, (_, gateway) =>
    create({ providers, random: seeded(scenario.seed * 31 + gateway), gateways: GATEWAYS }),
  );
  const latencies: number[] = [];
  let jobs = 0;
  let errors = 0;
  let paid = 0;
  let lied = 0;
  let now = 0;
  const at = (delay: number, run: () => void) => heap.push({ at: now + delay, run });

  function startNext(provider: SimProvider): void {
    while (provider.busy < provider.slots) {
      const run = provider.queue.shift();
      if (run === undefined) return;
      provider.busy += 1;
      run();
    }
  }

  function serve(provider: SimProvider, job: Underway, done: (ok: boolean) => void): void {
    const { size, policy } = job;
    const run = () => {
      const load = provider.liar ? 0 : inFlight(provider);
      at(provider.roundTripMs / 2, () => {
        job.startedAt = now;
        policy?.onStarted?.(provider.index, load, now);
      });
      const serviceMs = (1000 * provider.slots * size) / rateNow(provider, now);
      const fails = failures() < provider.failureRate;
      at(serviceMs, () => {
        provider.busy -= 1;
        provider.recentMs += 0.1 * (serviceMs - provider.recentMs);
        done(!fails && provider.downUntil < now);
        startNext(provider);
      });
    };
    provider.queue.push(run);
    startNext(provider);
  }

  function submit(gateway: number): void {
    const policy = policies[gateway];
    const size = Math.exp(SIGMA * normal(arrivals) - (SIGMA * SIGMA) / 2);
    const chosen = policy?.choose(now) ?? 0;
    const provider = providers[chosen] as SimProvider;
    const started = now;
    const measured = started >= scenario.warmUpMs;
    let open = true;
    const job: Underway = { size, policy, startedAt: undefined };
    const answer = (result: Omit<Answer, 'ms' | 'size' | 'runMs'>) => {
      if (!open) return;
      open = false;
      const ms = now - started;
      const runMs = job.startedAt === undefined ? undefined : now - job.startedAt;
      policy?.onAnswer(chosen, { ...result, ms, size, runMs }, now);
      if (!measured) return;
      jobs += 1;
      if (provider.liar) lied += 1;
      if (!result.ok) errors += 1;
      else paid += provider.price;
      if (result.ok) latencies.push(ms);
    };
    at(TIMEOUT_MS, () => answer({ ok: false, shed: false }));
    at(provider.roundTripMs / 2, () => {
      const back = provider.roundTripMs / 2;
      if (provider.downUntil >= now) return void at(back, () => answer({ ok: false, shed: false }));
      if (inFlight(provider) >= MAX_QUEUE)
        return void at(back, () => answer({ ok: false, shed: true }));
      serve(provider, job, (ok) => at(back, () => answer({ ok, shed: false })));
    });
  }

  function arrive(): void {
    if (now > end) return;
    submit(Math.floor(arrivals() * GATEWAYS));
    at(exponential(arrivals, 1000 / (capacity * scenario.load)), arrive);
  }
  function beat(): void {
    if (now > end) return;
    for (const policy of policies) policy.onHeartbeat?.(providers, now);
    at(1_000, beat);
  }
  function crash(): void {
    if (now > end) return;
    const victim = providers[Math.floor(crashes() * providers.length)];
    if (victim !== undefined) victim.downUntil = now + REPAIR_MS;
    at(exponential(crashes, CRASH_EVERY_MS / providers.length), crash);
  }
  at(0, beat);
  at(0, arrive);
  at(exponential(crashes, CRASH_EVERY_MS / providers.length), crash);
  for (let event = heap.pop(); event !== undefined; event = heap.pop()) {
    if (event.at > end + TIMEOUT_MS) break;
    now = event.at;
    event.run();
  }

  const sorted = Float64Array.from(latencies).sort();
  const liarCapacity = providers.reduce((sum, { liar, rate }) => sum + (liar ? rate : 0), 0);
  return {
    p50: sorted[Math.floor(0.5 * sorted.length)] ?? 0,
    p99: sorted[Math.floor(0.99 * sorted.length)] ?? 0,
    errorShare: errors / Math.max(1, jobs),
    meanPrice: paid / Math.max(1, jobs - errors),
    liarShare: lied / Math.max(1, jobs),
    liarCapacity: liarCapacity / capacity,
  };
}
