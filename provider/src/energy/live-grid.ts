import type { Logger } from 'pino';
import { reasonOf } from '../chain/chain.ts';
import type { GridReading, GridSource } from './grid-source.ts';

export interface LiveGridOptions {
  /** Asks once: grams per kWh. */
  readonly ask: () => Promise<number>;
  /** Who is asked, for people: a host or a program. */
  readonly name: string;
  readonly everyMs: number;
  /** What is known meanwhile, and once the last answer is too old. */
  readonly otherwise: GridSource;
  readonly log: Logger;
  readonly now?: () => number;
}

/** An answer older than this many rounds is no longer taken for the present. */
const STALE_ROUNDS = 3;

/** A number that is asked for again and again, with another source behind it for when nobody answers. */
export function liveGrid(options: LiveGridOptions): GridSource & { refresh(): Promise<void> } {
  const { ask, name, everyMs, otherwise, log, now = Date.now } = options;
  let latest: { readonly reading: GridReading; readonly at: number } | undefined;
  let failing = false;

  async function refresh(): Promise<void> {
    try {
      const gramsPerKwh = await ask();
      const confidence = `stated by ${name}, asked every ${Math.round(everyMs / 1000)} s`;
      latest = { reading: { gramsPerKwh, method: 'live', confidence }, at: now() };
      failing = false;
    } catch (error) {
      if (!failing)
        log.warn({ source: name, reason: reasonOf(error) }, 'no grid intensity from its source');
      failing = true;
    }
  }

  void refresh();
  const timer = setInterval(() => void refresh(), everyMs).unref();
  return {
    refresh,
    now: () =>
      latest !== undefined && now() - latest.at <= STALE_ROUNDS * everyMs
        ? latest.reading
        : otherwise.now(),
    close() {
      clearInterval(timer);
      otherwise.close();
    },
  };
}
