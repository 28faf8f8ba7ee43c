/** A running provider answers with amounts as text. */
export type Loose<T> = {
  readonly [K in keyof T]: T[K] extends bigint ? bigint | string : T[K];
};

/** Plain tables and amounts for a terminal; no colour, so that it can be piped. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (most, row) => row.map((cell, column) => Math.max(most[column] ?? 0, cell.length)),
    [],
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Base units with a point: 6 decimals for payment, 18 for stake. */
export function amountText(units: bigint | string, decimals: number): string {
  const digits = BigInt(units)
    .toString()
    .padStart(decimals + 1, '0');
  const whole = digits.slice(0, -decimals);
  const part = digits.slice(-decimals).replace(/0+$/, '');
  return part === '' ? whole : `${whole}.${part}`;
}

export const usd = (units: bigint | string): string => `${amountText(units, 6)} USD`;

export const short = (hex: string): string => `${hex.slice(0, 10)}…${hex.slice(-4)}`;
