export interface Row {
  readonly name: string;
  readonly ours: number;
  readonly reference: number | null;
  readonly unit: string;
  readonly bar: string;
  readonly ok: boolean | null;
}

/** Writes one result of a suite to stdout, with `ratio = ours / reference`. */
export function printRow(suite: string, { name, ours, reference, unit, bar, ok }: Row): void {
  const ratio = reference === null ? null : rounded(ours / reference);
  const values = { ours: rounded(ours), reference: reference === null ? null : rounded(reference) };
  console.log(JSON.stringify({ suite, name, ...values, unit, ratio, bar, ok }));
}

const rounded = (value: number) => Number(value.toPrecision(4));
