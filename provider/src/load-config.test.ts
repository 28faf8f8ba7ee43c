import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { configSchema } from './config.ts';
import { loadConfig } from './load-config.ts';

const directory = mkdtempSync(join(tmpdir(), 'assay-config-'));
const CONTRACTS = [
  'TestUSD',
  'AssayToken',
  'Staking',
  'ModelRegistry',
  'ProviderRegistry',
  'SessionEscrow',
  'DisputeManager',
  'Timelock',
];
writeFileSync(
  join(directory, 'deployment.json'),
  JSON.stringify({
    chainId: 31337,
    deployBlock: 0,
    contracts: Object.fromEntries(CONTRACTS.map((name) => [name, `0x${'11'.repeat(20)}`])),
  }),
);
const example = JSON.parse(
  readFileSync(new URL('../provider.example.json', import.meta.url), 'utf8'),
);
function write(config: unknown): string {
  const file = join(directory, 'provider.json');
  writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config));
  return file;
}
const detailsOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return JSON.stringify(error);
  }
  return 'accepted';
};

test('the example is valid, and its paths start at the file', () => {
  const config = loadConfig(write(example));
  expect(config.dataDir).toBe(join(directory, 'data'));
  expect(config.keys.receiptKey).toEqual({ privateKeyFile: join(directory, 'receipt.key') });
  expect(config.chain.deployment.chainId).toBe(31337);
  expect(config.credit.maxUnvouchered).toBe(50_000n);
  expect(config.models[0]?.price).toBe(10n);
});

test('names every wrong field, the file and the code', () => {
  const wrong = {
    ...example,
    marketplaces: [{ url: 'http://x' }],
    typo: 1,
    models: [{ bundle: 'a', price: '1' }],
  };
  const report = detailsOf(() => loadConfig(write(wrong)));
  for (const word of ['P320', 'provider.json', 'marketplaces', 'typo', 'modelId or publisher'])
    expect(report).toContain(word);
});

test('says where JSON ends, and what writes a first file', () => {
  expect(detailsOf(() => loadConfig(write('{"dataDir":')))).toContain('is not JSON');
  expect(detailsOf(() => loadConfig(join(directory, 'absent.json')))).toContain(
    'assay-provider init',
  );
});

test('the schema can be printed for editors', () => {
  const schema = z.toJSONSchema(configSchema, { io: 'input' });
  expect(schema.required).toEqual(['chain', 'keys', 'marketplaces', 'models']);
});
