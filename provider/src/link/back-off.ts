const FIRST_MS = 250;
const LONGEST_MS = 30_000;

/** Wait before the next dial: doubles with each failure, half of it random, so that providers do not return all at once. */
export function backOffMs(failures: number, random: number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 20));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}
