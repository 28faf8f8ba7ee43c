import { expect, test } from 'vitest';
import { createReporter, type StageView } from './reporter.ts';
import { jsonView, plainView, spinnerView } from './views.ts';

const setup = (view: (write: (text: string) => void) => StageView) => {
  let text = '';
  let clock = 0;
  const reporter = createReporter(
    view((more) => {
      text += more;
    }),
    () => {
      clock += 1_500;
      return clock;
    },
  );
  return { reporter, text: () => text };
};

test('tells a finished stage with its detail and time', async () => {
  const { reporter, text } = setup(plainView);

  const value = await reporter.stage('chain', async (note) => {
    note('block 3');
    return 3;
  });

  expect(value).toBe(3);
  expect(text()).toBe('ok    chain                  1.5 s  block 3\n');
});

test('a failed stage is told, counted and thrown on', async () => {
  const { reporter, text } = setup(plainView);

  await expect(reporter.stage('redis', () => Promise.reject(new Error('gone')))).rejects.toThrow();

  expect(reporter.results).toMatchObject([{ name: 'redis', ok: false, detail: 'gone' }]);
  expect(text()).toMatch(/^FAIL {2}redis/);
});

test('JSON lines for programs', async () => {
  const { reporter, text } = setup(jsonView);

  await reporter.stage('chain', async () => undefined);

  expect(JSON.parse(text())).toEqual({ stage: 'chain', ok: true, ms: 1500, detail: '' });
});

test('the spinner names all running stages and leaves only finished lines behind', async () => {
  const { reporter, text } = setup(spinnerView);

  await Promise.all([
    reporter.stage('chain', async () => undefined),
    reporter.stage('redis', async () => undefined),
  ]);

  expect(text()).toContain('chain, redis');
  expect(text().split('\n')).toHaveLength(3);
});
