/** What a suite found. A suite that ran nothing, or failed without saying where, counts as one failure. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is to be removed
const COLOUR = /\x1b\[[0-9;]*m/g;

/** A command that is one check: right or wrong. */
export function countCheck(exitCode: number): Counts {
  return exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** The JSON report of vitest. */
export function countVitest(report: string, exitCode: number): Counts {
  const { numPassedTests = 0, numFailedTests = 0 } = parse(report);
  return atLeastOne({ passed: numPassedTests, failed: numFailedTests }, exitCode);
}

/** The closing line of forge: `Ran 9 test suites in 1.2s (3.4s CPU time): 23 tests passed, 0 failed, ...`. */
export function countForge(output: string, exitCode: number): Counts {
  const totals = /: (\d+) tests? passed, (\d+) failed/.exec(output.replace(COLOUR, ''));
  return atLeastOne(
    { passed: Number(totals?.[1] ?? 0), failed: Number(totals?.[2] ?? 0) },
    exitCode,
  );
}

/** The closing line of a suite of our own: `N passed, N failed`. */
export function countOwn(output: string, exitCode: number): Counts {
  const totals = [...output.replace(COLOUR, '').matchAll(/(\d+) passed, (\d+) failed/g)].at(-1);
  return atLeastOne(
    { passed: Number(totals?.[1] ?? 0), failed: Number(totals?.[2] ?? 0) },
    exitCode,
  );
}

function atLeastOne({ passed, failed }: Counts, exitCode: number): Counts {
  const silent = failed === 0 && (exitCode !== 0 || passed === 0);
  return { passed, failed: silent ? 1 : failed };
}

function parse(report: string): { numPassedTests?: number; numFailedTests?: number } {
  try {
    return JSON.parse(report);
  } catch {
    return {};
  }
}
