export interface Count {
  readonly found: number;
  readonly hit: number;
}

/** What the tests reach of one file, and the lines of what they do not. */
export interface FileCoverage {
  readonly file: string;
  readonly lines: Count;
  readonly branches: Count;
  readonly missedLines: readonly number[];
  /** The lines on which a branch is never taken, once for each such branch. */
  readonly missedBranches: readonly number[];
}

/** Reads an lcov report: `DA:line,hits` and `BRDA:line,block,branch,hits`, where `-` stands for a branch never come to. */
export function parseLcov(text: string): FileCoverage[] {
  return text
    .split('end_of_record')
    .filter((record) => /^SF:/m.test(record))
    .map((record) => {
      const lines = all(record, /^DA:(\d+),(\d+)/gm);
      const branches = all(record, /^BRDA:(\d+),\d+,\d+,(\d+|-)/gm);
      return {
        file: /^SF:(.*)$/m.exec(record)?.[1] ?? '',
        lines: count(lines),
        branches: count(branches),
        missedLines: missed(lines),
        missedBranches: missed(branches),
      };
    });
}

interface Entry {
  readonly line: number;
  readonly hit: boolean;
}

const all = (record: string, pattern: RegExp): Entry[] =>
  [...record.matchAll(pattern)].map(([, line, hits]) => ({
    line: Number(line),
    hit: hits !== '-' && Number(hits) > 0,
  }));

const count = (entries: readonly Entry[]): Count => ({
  found: entries.length,
  hit: entries.filter(({ hit }) => hit).length,
});

const missed = (entries: readonly Entry[]): number[] =>
  entries
    .filter(({ hit }) => !hit)
    .map(({ line }) => line)
    .toSorted((a, b) => a - b);
