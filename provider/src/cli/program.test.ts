import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { buildProgram } from './program.ts';

const address = `0x${'11'.repeat(20)}`;
const names = 'TestUSD AssayToken Staking ModelRegistry ProviderRegistry SessionEscrow';
const contracts = Object.fromEntries(
  `${names} DisputeManager Timelock BlockhashRandomness Committee`
    .split(' ')
    .map((name) => [name, address]),
);

/** The program with a sound config whose provider does not run, and what it prints. */
function setup() {
  const directory = mkdtempSync(join(tmpdir(), 'assay-program-'));
  const file = join(directory, 'provider.json');
  const config = {
    chain: {
      rpcUrls: ['http://127.0.0.1:1'],
      deployment: { chainId: 31337, deployBlock: 0, contracts },
    },
    keys: { receiptKey: { privateKeyFile: 'receipt.key' } },
    marketplaces: [{ url: 'ws://127.0.0.1:1/provider' }],
    models: [{ bundle: 'model', publisher: address, price: '5' }],
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
