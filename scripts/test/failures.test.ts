import { expect, test } from 'vitest';
import { failuresOfVitest, lastLines } from './failures.ts';

const failed = {
  status: 'failed',
  fullName: 'adds up',
  failureMessages: [
    'Property failed\n{ seed: 7 }\nCounterexample: [-0]\nShrunk 1 time\n    at x.ts',
  ],
};
const report = JSON.stringify({
  testResults: [
    {
      name: '/root/a.test.ts',
      status: 'failed',
      message: '',
      assertionResults: [{ status: 'passed', fullName: 'is there', failureMessages: [] }, failed],
    },
    { name: '/root/b.test.ts', status: 'failed', message: 'SyntaxError', assertionResults: [] },
    { name: '/root/c.test.ts', status: 'passed', message: '', assertionResults: [] },
  ],
});

test('names each failed test with the start of its message, and each file that does not load', () => {
  expect(failuresOfVitest(report, '/root')).toEqual([
    'a.test.ts > adds up\n  Property failed\n  { seed: 7 }\n  Counterexample: [-0]\n  Shrunk 1 time',
    'b.test.ts\n  SyntaxError',
  ]);
  expect(failuresOfVitest('not a report', '/root')).toEqual([]);
});

test('other tools are quoted by their last lines', () => {
  const output = Array.from({ length: 30 }, (_, at) => `line ${at}`).join('\n');
  expect(lastLines(`${output}\n`).join().split('\n')).toEqual(
    Array.from({ length: 15 }, (_, at) => `  line ${at + 15}`),
  );
  expect(lastLines('\n')).toEqual([]);
});
