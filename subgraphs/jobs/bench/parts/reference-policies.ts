import type { CreatePolicy, PolicyFacts } from './policy.ts';
import { inFlight, type SimProvider } from './world.ts';

/** C3 and Prequal have no guard of their own against servers that fail fast: without one they lose half their jobs. */
const PENALTY_MS = 2_000;

const pick = ({ providers, random }: PolicyFacts) => Math.floor(random() * providers.length);

export const randomPolicy: CreatePolicy = (facts) => ({
  choose: () => pick(facts),
  onAnswer: () => undefined,
});

/** The less loaded, by this gateway's own count, of two at random. */
export const powerOfTwo: CreatePolicy = (facts) => {
  const own = new Int32Array(facts.providers.length);
  return {
    choose() {
      const [a, b] = [pick(facts), pick(facts)];
      const chosen = (own[a] ?? 0) <= (own[b] ?? 0) ? a : b;
      own[chosen] = (own[chosen] ?? 0) + 1;
      return chosen;
    },
    onAnswer(provider) {
      own[provider] = (own[provider] ?? 0) - 1;
    },
  };
};

/** Finagle's: a peak of latency counts at once and decays; load = cost x (pending + 1); the lower of two. */
export const peakEwma: CreatePolicy = (facts) => {
  const size = facts.providers.length;
  const own = new Int32Array(size);
  const cost = new Float64Array(size).fill(1);
  const stamp = new Float64Array(size);
  const load = (provider: number) => (cost[provider] ?? 0) * ((own[provider] ?? 0) + 1);
  return {
    choose() {
      const [a, b] = [pick(facts), pick(facts)];
      const chosen = load(a) <= load(b) ? a : b;
      own[chosen] = (own[chosen] ?? 0) + 1;
      return chosen;
    },
    onAnswer(provider, { ms }, at) {
      own[provider] = (own[provider] ?? 0) - 1;
      const before = cost[provider] ?? 0;
      const decay = Math.exp(-(at - (stamp[provider] ?? 0)) / 10_000);
      cost[provider] = ms > before ? ms : before * decay + ms * (1 - decay);
      stamp[provider] = at;
    },
  };
};

/** C3 with a full scan and, in its favour, the true service rate: R - 1/mu + q^3/mu. */
export const c3: CreatePolicy = ({ providers, gateways }) => {
  const size = providers.length;
  const own = new Int32Array(size);
  const response = new Float64Array(size).fill(50);
  const shunned = new Float64Array(size);
  return {
    choose(at) {
      let best = 0;
      let least = Number.POSITIVE_INFINITY;
      for (const provider of providers) {
        const { index, rate, slots } = provider;
        if ((shunned[index] ?? 0) > at) continue;
        const serviceMs = (1000 * slots) / rate;
        const queue = 1 + ((own[index] ?? 0) * gateways + inFlight(provider)) / slots;
        const cost = (response[index] ?? 0) - serviceMs + queue ** 3 * serviceMs;
        if (cost < least) [best, least] = [index, cost];
      }
      own[best] = (own[best] ?? 0) + 1;
      return best;
    },
    onAnswer(provider, { ms, ok, shed }, at) {
      own[provider] = (own[provider] ?? 0) - 1;
      if (!ok && !shed) shunned[provider] = at + PENALTY_MS;
      response[provider] = 0.9 * (response[provider] ?? 0) + 0.1 * ms;
    },
  };
};

interface Probe {
  readonly provider: number;
  load: number;
  readonly latency: number;
  readonly at: number;
  uses: number;
}

const PROBES = 3;
const POOL = 16;
const MAX_AGE = 1_000;
const QUANTILE = 0.84;
const REUSE = 2;

/** Prequal's servers report the latency that their recent jobs would have at the present load. */
function reportedLatency(provider: SimProvider): number {
  if (provider.liar) return 10;
  const waves = 1 + Math.max(0, inFlight(provider) + 1 - provider.slots) / provider.slots;
  return waves * provider.recentMs;
}

/** Prequal's hot-cold rule, in its favour with probes that arrive at once and cost nothing, and with failed servers shunned for 2 s. */
export const prequal: CreatePolicy = (facts) => {
  const { providers } = facts;
  const shunned = new Float64Array(providers.length);
  const loads: number[] = [];
  let pool: Probe[] = [];
  const probe = (at: number) => {
    const provider = pick(facts);
    const sim = providers[provider];
    if (sim === undefined || (shunned[provider] ?? 0) > at) return;
    const load = sim.liar ? 0 : inFlight(sim);
    loads.push(load);
    if (loads.length > 128) loads.shift();
    pool.push({ provider, load, latency: reportedLatency(sim) + sim.roundTripMs, at, uses: 0 });
  };
  return {
    choose(at) {
      for (let count = 0; count < PROBES; count++) probe(at);
      pool = pool
        .filter(
          (one) => at - one.at < MAX_AGE && one.uses < REUSE && (shunned[one.provider] ?? 0) <= at,
        )
        .slice(-POOL);
      const sorted = loads.toSorted((a, b) => a - b);
      const hot = sorted[Math.floor(QUANTILE * (sorted.length - 1))] ?? 0;
      const cold = pool.filter((one) => one.load <= hot);
      if (pool.length === 0) return pick(facts);
      const best =
        cold.length > 0
          ? cold.reduce((a, b) => (b.latency < a.latency ? b : a))
          : pool.reduce((a, b) => (b.load < a.load ? b : a));
      best.load += 1;
      best.uses += 1;
      return best.provider;
    },
    onAnswer(provider, { ok, shed }, at) {
      if (!ok && !shed) shunned[provider] = at + PENALTY_MS;
    },
  };
};
