import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { expect, it, onTestFinished, vi } from 'vitest';
import { countryOf } from './country-of.ts';
import { askGrid, createGridSource } from './create-grid-source.ts';
import { GRID_TABLE } from './grid-table.ts';
import { liveGrid } from './live-grid.ts';
import { tableGrid } from './table-grid.ts';

const log = pino({ level: 'silent' });
const EVERY = { everySeconds: 300 };

it.each([
  ['DE', 'DE'],
  ['de-south', 'DE'],
  ['de/frankfurt', 'DE'],
  ['us-east-1', 'US'],
  ['eu-central', 'EU'],
  ['eu-central-1', 'DE'],
  ['sa-east-1', 'BR'],
  ['UK', 'GB'],
])('the region %s is in %s', (region, country) => {
  expect(countryOf(region)).toBe(country);
});

it.each([
  'frankfurt',
  'berlin',
  'unknown',
  'XX',
  '',
  'sa-west-9',
  'me-south-1',
  'germany',
  'constructor',
])('the region "%s" is of no country, rather than of a wrong one', (region) => {
  expect(countryOf(region)).toBeUndefined();
  expect(tableGrid(region).now()).toBeUndefined();
});

it('a figure of the table says its year and its source', () => {
  const reading = tableGrid('pl').now();
  expect(reading).toMatchObject({ gramsPerKwh: 662, method: 'table' });
  expect(reading?.confidence).toMatch(/^PL, mean of 2023\. Ember/);
  for (const { gramsPerKwh, year } of Object.values(GRID_TABLE)) {
    expect(gramsPerKwh).toBeGreaterThan(0);
    expect([2022, 2023]).toContain(year);
  }
});

it('the number of the config goes before the table', () => {
  const config = { method: 'auto', gridGramsPerKwh: 12 } as const;
  expect(createGridSource(config, 'DE', log).now()).toMatchObject({
    ...{ gramsPerKwh: 12, method: 'stated' },
  });
});

it('asks an address for a number, alone or in JSON', async () => {
  const server = createServer(({ url }, response) => {
    if (url === '/json') return response.end('{"data":[{"intensity":{"actual":142}}]}');
    if (url === '/odd') return response.end('{"data":[{"intensity":{"actual":-1}}]}');
    return url === '/number' ? response.end(' 77.5\n') : response.writeHead(503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const field = 'data.0.intensity.actual';
  expect(await askGrid({ url: `${at}/number`, ...EVERY })).toBe(77.5);
  expect(await askGrid({ url: `${at}/json`, field, ...EVERY })).toBe(142);
  await expect(askGrid({ url: `${at}/odd`, field, ...EVERY })).rejects.toMatchObject({
    code: 'P320',
  });
  await expect(askGrid({ url: `${at}/json`, ...EVERY })).rejects.toMatchObject({ code: 'P320' });
  await expect(askGrid({ url: `${at}/down`, ...EVERY })).rejects.toMatchObject({ code: 'P320' });
});

it('asks a program, which sees nothing of the environment', async () => {
  vi.stubEnv('ASSAY_KEYSTORE_PASSWORD', '999');
  onTestFinished(() => void vi.unstubAllEnvs());
  const command: [string, ...string[]] = [
    'sh',
    '-c',
    'printenv ASSAY_KEYSTORE_PASSWORD || echo 55',
  ];
  expect(await askGrid({ command, ...EVERY })).toBe(55);
});

it('a live number is taken while it is fresh, and the other source before and after', async () => {
  let now = 0;
  let answer: () => Promise<number> = () => Promise.reject(new Error('down'));
  const source = liveGrid({
    ...{ ask: () => answer(), name: 'grid.example', everyMs: 1e6, log },
    ...{ otherwise: tableGrid('DE'), now: () => now },
  });
  onTestFinished(source.close);
  await source.refresh();
  expect(source.now()?.method).toBe('table');
  answer = () => Promise.resolve(20);
  await source.refresh();
  expect(source.now()).toMatchObject({ gramsPerKwh: 20, method: 'live' });
  now = 4e6;
  expect(source.now()?.method).toBe('table');
});
