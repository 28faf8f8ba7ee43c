import { type Logger, pino } from 'pino';

export type Log = Logger;

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What must never reach a log, wherever it hides in an event. */
const REDACTED = ['privateKey', 'token', 'secret', 'authorization', 'prompt', 'identitySecret'];

/** Events as JSON lines; readable text on a terminal. */
export function createLog(name: string, level: LogLevel = 'info'): Log {
  const redact = { paths: REDACTED.flatMap((word) => [word, `*.${word}`]), censor: '***' };
  const base = { name, level, redact, base: { name } };
  return process.stdout.isTTY
    ? pino({ ...base, transport: { target: 'pino-pretty' } })
    : pino(base);
}
