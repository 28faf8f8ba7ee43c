import { relative } from 'node:path';

const LINES_OF_A_MESSAGE = 4;
const LAST_LINES = 15;

interface Assertion {
  readonly status: string;
  readonly fullName: string;
  readonly failureMessages: readonly string[];
}
interface Report {
  readonly testResults?: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly Assertion[];
  }[];
}

/** What failed by vitest's JSON report: file, test and the start of the message, which names a property's seed. */
export function failuresOfVitest(report: string, root: string): readonly string[] {
  return (parse(report).testResults ?? []).flatMap(
    ({ name, status, message, assertionResults }) => {
      const file = relative(root, name);
      const failed = assertionResults.filter((test) => test.status === 'failed');
      if (failed.length > 0) return failed.map((test) => failureOf(file, test));
      return status === 'failed' ? [`${file}\n${indent(message)}`] : [];
    },
  );
}

/** What a tool whose report names no failure said last. */
export function lastLines(output: string): readonly string[] {
  const lines = output.trimEnd().split('\n').slice(-LAST_LINES);
  return lines[0] === '' && lines.length === 1 ? [] : [indent(lines.join('\n'), LAST_LINES)];
}

const failureOf = (file: string, { fullName, failureMessages }: Assertion): string =>
  `${file} > ${fullName}\n${indent(failureMessages.join('\n'))}`;

const indent = (text: string, lines = LINES_OF_A_MESSAGE): string =>
  text
    .split('\n')
    .slice(0, lines)
    .map((line) => `  ${line}`)
    .join('\n');

function parse(report: string): Report {
  try {
    return JSON.parse(report);
  } catch {
    return {};
  }
}
