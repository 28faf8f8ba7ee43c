import { type Logger, pino } from 'pino';
import { gatheredOutput } from './gathered-output.ts';

export type Log = Logger;

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What must never reach a log, wherever it hides in an event. */
const REDACTED = ['privateKey', 'token', 'secret', 'authorization', 'prompt', 'identitySecret'];

let output: ReturnType<typeof gatheredOutput> | undefined;

/** Events as JSON lines; readable text on a terminal. */
export function createLog(name: string, level: LogLevel = 'info'): Log {
  const redact = { paths: REDACTED.flatMap((word) => [word, `*.${word}`]), censor: '***' };
  const base = { name, level, redact, base: { name } };
  if (process.stdout.isTTY) return pino({ ...base, transport: { target: 'pino-pretty' } });
  output ??= gatheredOutput();
  return pino(base, output);
}
