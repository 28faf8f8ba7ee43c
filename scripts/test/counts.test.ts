import { expect, test } from 'vitest';
import { countCheck, countForge, countOwn, countVitest } from './counts.ts';

test('a check is one test', () => {
  expect([countCheck(0), countCheck(2)]).toEqual([
    { passed: 1, failed: 0 },
    { passed: 0, failed: 1 },
  ]);
});

test('reads the totals of each tool', () => {
  const vitest = '{"numPassedTests": 7, "numFailedTests": 2}';
  const forge =
    '\u001b[32mRan 9 test suites in 1.2s (3s CPU time): 23 tests passed, 1 failed, 0 skipped\u001b[0m';

  expect(countVitest(vitest, 1)).toEqual({ passed: 7, failed: 2 });
  expect(countForge(forge, 1)).toEqual({ passed: 23, failed: 1 });
  expect(countOwn('1 passed, 1 failed\n4 passed, 0 failed\n', 0)).toEqual({ passed: 4, failed: 0 });
});

test('a suite that fails without a failed test, or runs none, is one failure', () => {
  expect(countVitest('{"numPassedTests": 7, "numFailedTests": 0}', 1)).toMatchObject({ failed: 1 });
  expect(countVitest('not a report', 0)).toEqual({ passed: 0, failed: 1 });
  expect(countForge('Compiler run failed', 1)).toEqual({ passed: 0, failed: 1 });
});
