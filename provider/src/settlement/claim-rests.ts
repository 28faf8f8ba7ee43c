const LONGEST_MS = 86_400_000;

/** Claims that the chain skipped are not sent again at once: each costs gas and may be skipped again. */
export interface Rests {
  isResting(key: string): boolean;
  /** The first rest lasts two rounds, each further one twice as long, at most a day. */
  begin(key: string): void;
  end(key: string): void;
}

export function createRests(roundMs: number, now: () => number = Date.now): Rests {
  const rests = new Map<string, { readonly ms: number; readonly until: number }>();
  return {
    isResting: (key) => (rests.get(key)?.until ?? 0) > now(),
    begin(key) {
      const ms = Math.min(LONGEST_MS, 2 * (rests.get(key)?.ms ?? roundMs));
      rests.set(key, { ms, until: now() + ms });
    },
    end: (key) => void rests.delete(key),
  };
}
