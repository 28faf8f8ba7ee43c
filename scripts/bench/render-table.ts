import type { BenchRow } from './bench-row.ts';

const HEADINGS = ['name', 'ours', 'reference', 'unit', 'ratio', 'bar', 'holds'];
const VERDICTS = new Map([
  [true, 'yes'],
  [false, 'NO'],
  [null, 'n/a'],
] as const);

/** The rows of one suite as a table for people. */
export function renderTable(rows: readonly BenchRow[]): string {
  const cells = rows.map((row) => [
    row.name,
    short(row.ours),
    short(row.reference),
    row.unit,
    short(row.ratio),
    row.bar,
    VERDICTS.get(row.ok) ?? '',
  ]);
  const lines = [HEADINGS, ...cells];
  const widths = HEADINGS.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines
    .map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

function short(value: number | null): string {
  if (value === null) return '-';
  return Math.abs(value) >= 1_000
    ? Math.round(value).toLocaleString('en')
    : `${+value.toPrecision(4)}`;
}
