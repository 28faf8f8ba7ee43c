interface Row {
  readonly name: string;
  readonly ours: number;
  readonly reference: number | null;
  readonly unit: string;
  readonly bar: string;
  readonly ok: boolean | null;
}

/** One line of the suite's results; see CONTRIBUTING.md, "Benchmarks". */
export function printRow(row: Row): void {
  const ratio = row.reference === null ? null : row.ours / row.reference;
  console.log(JSON.stringify({ suite: 'provider', ratio, ...row }));
}
