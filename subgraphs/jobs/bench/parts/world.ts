import { normal } from './random.ts';

/** One simulated provider: a FIFO queue before a few slots. Times in ms. */
export interface SimProvider {
  readonly index: number;
  /** Jobs of size 1 a second, over all slots. */
  readonly rate: number;
  readonly slots: number;
  readonly price: number;
  readonly failureRate: number;
  readonly roundTripMs: number;
  readonly antagonised: boolean;
  /** Claims no load and 10 ms, whatever is true. */
  readonly liar: boolean;
  busy: number;
  /** What its own last jobs took to run, averaged. */
  recentMs: number;
  readonly queue: (() => void)[];
  downUntil: number;
}

export interface WorldOptions {
  readonly providers: number;
  readonly liars: number;
}

const between = (random: () => number, low: number, high: number) => low * (high / low) ** random();

/** Providers as routing-and-intents A2 describes them; the first `liars` of them are slow liars. */
export function createProviders(random: () => number, options: WorldOptions): SimProvider[] {
  return Array.from({ length: options.providers }, (_, index): SimProvider => {
    const liar = index < options.liars;
    const speed = liar ? 1 : between(random, 1, 20);
    const share = random();
    return {
      index,
      rate: 2 * speed,
      slots: [1, 2, 4, 8][Math.floor(random() * 4)] ?? 1,
      price: Math.exp(0.35 * normal(random)) * (speed / 6) ** 0.15,
      failureRate: share < 0.7 ? 0.002 : share < 0.9 ? 0.01 : 0.05,
      roundTripMs: 5 + 120 * random(),
      antagonised: random() < 0.3,
      liar,
      busy: 0,
      recentMs: 100,
      queue: [],
      downUntil: 0,
    };
  });
}

/** 10 s of interference in every 50, at a provider's own phase. */
export function rateNow(provider: SimProvider, at: number): number {
  const phase = (at + provider.index * 7_919) % 50_000;
  return provider.antagonised && phase < 10_000 ? provider.rate * 0.3 : provider.rate;
}

export function inFlight(provider: SimProvider): number {
  return provider.busy + provider.queue.length;
}
