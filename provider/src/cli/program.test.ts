import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { ANY_ADDRESS, DEPLOYMENT } from './deployment-fixture.ts';
import { buildProgram } from './program.ts';

/** The program with a sound config whose provider does not run, and what it prints. */
function setup() {
  const directory = mkdtempSync(join(tmpdir(), 'assay-program-'));
  const file = join(directory, 'provider.json');
  const config = {
    chain: {
      rpcUrls: ['http://127.0.0.1:1'],
      deployment: DEPLOYMENT,
    },
    keys: { receiptKey: { privateKeyFile: 'receipt.key' } },
    marketplaces: [{ url: 'ws://127.0.0.1:1/provider' }],
    models: [{ bundle: 'model', publisher: ANY_ADDRESS, price: '5' }],
  };
  writeFileSync(file, JSON.stringify(config));
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  onTestFinished(() => void vi.restoreAllMocks());
  const run = async (...args: string[]) => {
    const argv = ['node', 'assay-provider', ...args];
    await buildProgram({ argv, environment: {}, cwd: '/' }).parseAsync(argv);
    return lines.join('\n');
  };
  return { directory, file, run };
}

it.each(['status', 'drain'])(
  '%s says that no provider runs, of which data, and how to start it',
  async (command) => {
    const { directory, file, run } = setup();
    await expect(run(command, '-c', file)).rejects.toMatchObject({
      code: 'P324',
      message: expect.stringContaining('No provider runs'),
      details: { dataDir: join(directory, 'data') },
      hint: expect.stringContaining('`assay-provider start`'),
    });
  },
);

it('schema takes a config as every command does, though it is the same for all', async () => {
  const { file, run } = setup();
  expect(JSON.parse(await run('schema', '-c', file))).toMatchObject({
    properties: { marketplaces: {} },
  });
});
