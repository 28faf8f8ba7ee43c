/** The least of some amounts; Math.min knows no bigint. */
export function lesserAmount(first: bigint, ...others: readonly bigint[]): bigint {
  let least = first;
  for (const other of others) if (other < least) least = other;
  return least;
}
