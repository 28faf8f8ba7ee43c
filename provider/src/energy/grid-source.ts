/** How clean the electricity is, how that is known, and what the number is worth. */
export interface GridReading {
  readonly gramsPerKwh: number;
  readonly method: 'table' | 'stated' | 'live';
  readonly confidence: string;
}

/** Where the grams of a kWh come from. */
export interface GridSource {
  /** Undefined: not known, and then no grams are reported. */
  now(): GridReading | undefined;
  close(): void;
}
