import { expect, it } from 'vitest';
import { pasteable, type Start } from './own-commands.ts';

const BIN = '/srv/assay/node_modules/.bin';
const PROVIDER = new URL('../..', import.meta.url).pathname;

const started = (
  argv: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  cwd = '/srv/assay',
): Start => ({ argv: ['node', ...argv], environment, cwd });
const HINT = 'Run `assay-provider register`.';

it.each([
  [
    'npx',
    started([`${BIN}/assay-provider`], { npm_execpath: '/npx-cli.js', PATH: BIN }),
    'npx assay-provider',
  ],
  ['PATH', started([`${BIN}/assay-provider`], { PATH: `/bin:${BIN}` }), 'assay-provider'],
  [
    'its path',
    started([`${BIN}/assay-provider`], { PATH: '/bin' }),
    'node_modules/.bin/assay-provider',
  ],
  ['its path, in its folder', started([`${BIN}/assay-provider`], {}, BIN), './assay-provider'],
  ['node', started([`${PROVIDER}src/main.ts`], {}, PROVIDER), 'node src/main.ts'],
  ['another program', started(['/srv/other.ts']), 'npx assay-provider'],
])('names a command as it was started: by %s', (_, start, call) => {
  expect(pasteable(HINT, start)).toBe(`Run \`${call} register\`.`);
});

it('names the other program by the same way', () => {
  const text = 'see `assay-model check`';
  const byNode = started([`${PROVIDER}src/main.ts`], {}, PROVIDER);
  expect(pasteable(text, byNode)).toBe('see `node src/cli/model/main.ts check`');
  expect(pasteable(text, started([`${BIN}/assay-provider`], { PATH: BIN }))).toBe(text);
});

it.each([
  [['status', '-c', 'my/provider.json'], '-c my/provider.json'],
  [['status', '--config=my/provider.json', '--json'], '-c my/provider.json'],
  [['register', '-y', '-c', 'it’s a file'], "-c 'it’s a file'"],
  [['status', '-c', "it's"], "-c 'it'\\''s'"],
])('goes on with the config that was given: %j', (args, option) => {
  expect(pasteable(HINT, started([`${BIN}/assay-provider`, ...args], { PATH: BIN }))).toBe(
    `Run \`assay-provider register ${option}\`.`,
  );
});

it('goes on with the owner’s key where it is needed, and gives no config to what takes none or has one', () => {
  const args = ['register', '-c', 'p.json', '--owner-key-file', 'owner.key'];
  const start = started([`${BIN}/assay-provider`, ...args], { PATH: BIN });
  const shown = (command: string) => pasteable(`\`${command}\``, start);
  expect(shown('assay-provider stake AMOUNT')).toBe(
    '`assay-provider stake AMOUNT -c p.json --owner-key-file owner.key`',
  );
  expect(shown('assay-provider doctor')).toBe('`assay-provider doctor -c p.json`');
  for (const command of [
    'assay-provider init --dir ANOTHER-FOLDER',
    'assay-provider doctor -c other.json',
    'assay-model check FOLDER --write',
    'start',
  ])
    expect(shown(command)).toBe(`\`${command}\``);
});
