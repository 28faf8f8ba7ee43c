import { type Logger, type LoggerOptions, pino } from 'pino';
import { logError, SECRET } from './log-error.ts';

const ERRORS = ['err', 'error', 'cause'];

/** What every logger of the provider redacts and how it writes errors. */
export function logOptions(level: string): LoggerOptions {
  return {
    level,
    redact: { paths: SECRET.flatMap((word) => [word, `*.${word}`]), censor: '***' },
    base: { name: 'provider' },
    serializers: Object.fromEntries(
      ERRORS.map((field) => [field, (error: unknown) => logError(error)]),
    ),
  };
}

/** Events as JSON lines; readable text on a terminal. */
export function createLog(level: string): Logger {
  const options = logOptions(level);
  return process.stdout.isTTY
    ? pino({ ...options, transport: { target: 'pino-pretty' } })
    : pino(options);
}
