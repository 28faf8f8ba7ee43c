import { AssayError } from '@assay/wire';
import { makeError } from 'ethers';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { logOptions } from './log.ts';

/** The events a logger with the provider's options writes. */
function setup() {
  const lines: string[] = [];
  const log = pino(logOptions('debug'), { write: (line: string) => void lines.push(line) });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, never> };
}

it.each(['error', 'cause', 'err'])(
  'an error in the field %s keeps name, message and stack',
  (field) => {
    const { log, last } = setup();
    log.error({ [field]: new RangeError('too far') }, 'failed');
    expect(last()[field]).toMatchObject({ name: 'RangeError', message: 'too far' });
    expect(last()[field]).toHaveProperty('stack', expect.stringContaining('log-error.test.ts'));
  },
);

it('messages are worded as the reader needs them, in every way to log', () => {
  const lines: string[] = [];
  const options = logOptions('info', (text) => text.replace('here', 'there'));
  const log = pino(options, { write: (line: string) => void lines.push(line) });
  log.info({ model: 'here' }, 'look here');
  log.child({}).warn('look here');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { model: 'here', msg: 'look there' },
    { msg: 'look there' },
  ]);
});

it('an error of ours keeps its code and facts, and its cause under it', () => {
  const { log, last } = setup();
  const cause = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  log.error({
    error: new AssayError('S408', { cause, details: { reason: 'down', text: 'hidden' } }),
  });
  expect(last().error).toMatchObject({
    code: 'S408',
    details: { reason: 'down', text: '***' },
    cause: { code: 'ECONNREFUSED', message: 'connect' },
  });
});

it('never repeats what a parser quotes, nor a key in an address, nor a whole secret', () => {
  const { log, lines } = setup();
  const key = '5f'.repeat(32);
  const parse = (): unknown => JSON.parse('the secret prompt');
  for (const bad of [
    (): unknown => parse(),
    (): unknown => {
      throw new Error('outer', { cause: new Error(`bad key 0x${key} of ${key}`) });
    },
    (): unknown => {
      throw new TypeError('Failed to parse URL from https://rpc.example/v2/APIKEY?token=APIKEY');
    },
    (): unknown => {
      throw makeError('missing response', 'SERVER_ERROR', { request: 'https://x/APIKEY' });
    },
  ])
    try {
      bad();
    } catch (error) {
      log.error({ error, cause: error }, 'failed');
    }
  expect(lines).toHaveLength(4);
  expect(lines.join('')).not.toMatch(/secret prompt|the secr|APIKEY|(5f){20}/);
});

it('bounds a long message and a ring of causes', () => {
  const { log, lines } = setup();
  const ring = new Error('x'.repeat(100_000));
  ring.cause = ring;
  log.error({ error: ring }, 'failed');
  expect(lines.join('').length).toBeLessThan(20_000);
});
