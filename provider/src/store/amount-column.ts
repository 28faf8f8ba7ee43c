const DIGITS = 39;

/** A uint128 as text whose alphabetical order is its numerical one. */
export function toColumn(amount: bigint): string {
  return amount.toString().padStart(DIGITS, '0');
}

export function fromColumn(value: unknown): bigint {
  return BigInt(String(value));
}
