import { AssayError } from '@assay/wire';

/** One error as a person reads it: code, what is wrong, the facts, what to do next. */
export function printError(error: unknown): string {
  if (!(error instanceof AssayError)) return `error: ${(error as Error)?.stack ?? String(error)}`;
  const facts = Object.entries(error.details).map(([name, value]) => `  ${name}: ${show(value)}`);
  return [`error ${error.code}: ${error.message}`, ...facts, `  → ${error.hint}`].join('\n');
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return String(text).replaceAll('\n', '\n    ');
}
