/** A hex string with its 0x prefix. Hashes and ids are 32 bytes, lower case. */
export type Hex = `0x${string}`;
/** A 20-byte account, 0x-prefixed lower-case hex. */
export type Address = Hex;

/** Base units of the payment token (6 decimals locally). */
export type PaymentUnits = bigint & { readonly unit: 'payment' };
/** Base units of the stake token (18 decimals). */
export type StakeUnits = bigint & { readonly unit: 'stake' };
/** Seconds since the Unix epoch. */
export type UnixSeconds = bigint & { readonly unit: 'seconds' };
/** Milliseconds since the Unix epoch, as `Date.now()` returns them. */
export type EpochMs = number;

/** `amount * ppm / 1e6`, rounded down: what is taken from somebody never exceeds the rate. */
export function partRoundedDown(amount: bigint, ppm: bigint): bigint {
  return (amount * ppm) / 1_000_000n;
}
