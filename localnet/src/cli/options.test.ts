import { expect, test } from 'vitest';
import { parseOptions } from './options.ts';

test('without options: stay up, run the jobs, an own Redis', () => {
  expect(parseOptions([], { REDIS_URL: '' })).toMatchObject({
    once: false,
    distributed: false,
    jobs: true,
    redisUrl: undefined,
  });
});

test('reads every option', () => {
  const args = ['--once', '--distributed', '--no-jobs', '--json', '--port', '4000', '--dir', '/x'];

  expect(parseOptions(args, { REDIS_URL: 'redis://127.0.0.1:6379/9' })).toMatchObject({
    once: true,
    distributed: true,
    jobs: false,
    json: true,
    port: 4000,
    dir: '/x',
    redisUrl: 'redis://127.0.0.1:6379/9',
  });
});

test.each([
  [['--onse'], {}, /onse/],
  [['--port', 'http'], {}, /port/],
  [[], { REDIS_URL: 'localhost:6379' }, /redisUrl/],
])('says what is wrong with %j %j', (args, env, hint) => {
  expect(() => parseOptions(args, env)).toThrow(
    expect.objectContaining({ code: 'N904', hint: expect.stringMatching(hint) }),
  );
});
