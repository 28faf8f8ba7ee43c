import { type Logger, type LoggerOptions, pino } from 'pino';
import { logError, SECRET } from './log-error.ts';

const ERRORS = ['err', 'error', 'cause'];

/** What every logger of the provider redacts and how it writes errors and, by `wording`, its messages. */
export function logOptions(level: string, wording = (text: string) => text): LoggerOptions {
  return {
    level,
    hooks: {
      logMethod(args, method) {
        const worded = args.map((part) => (typeof part === 'string' ? wording(part) : part));
        method.apply(this, worded as typeof args);
      },
    },
    redact: { paths: SECRET.flatMap((word) => [word, `*.${word}`]), censor: '***' },
    base: { name: 'provider' },
    serializers: Object.fromEntries(
      ERRORS.map((field) => [field, (error: unknown) => logError(error)]),
    ),
  };
}

/** Events as JSON lines; readable text on a terminal. */
export function createLog(level: string, wording?: (text: string) => string): Logger {
  const options = logOptions(level, wording);
  return process.stdout.isTTY
    ? pino({ ...options, transport: { target: 'pino-pretty' } })
    : pino(options);
}
