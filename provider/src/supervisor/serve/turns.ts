/** Runs works in the order they come, a bounded number at once. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

export function createTurns(limit: number): Turns {
  const waiting: (() => void)[] = [];
  let under = 0;
  return async (work) => {
    if (under >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else under += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else under -= 1;
    }
  };
}
