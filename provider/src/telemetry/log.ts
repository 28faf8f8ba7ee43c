import { type Logger, pino } from 'pino';

/** What must never reach a log, wherever it hides in an event. */
const SECRET = ['privateKey', 'password', 'prompt', 'secret', 'text', 'data'];

/** Events as JSON lines; readable text on a terminal. */
export function createLog(level: string): Logger {
  const redact = { paths: SECRET.flatMap((word) => [word, `*.${word}`]), censor: '***' };
  const base = { name: 'provider', level, redact, base: { name: 'provider' } };
  return process.stdout.isTTY
    ? pino({ ...base, transport: { target: 'pino-pretty' } })
    : pino(base);
}
