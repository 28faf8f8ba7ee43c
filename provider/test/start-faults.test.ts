import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, expect, it } from 'vitest';
import { startChild } from '../src/supervisor/slots/child-process.ts';
import { startProvider } from '../src/supervisor/start-provider.ts';
import { prepareHarness } from './start-harness.ts';

const GOOD = join(import.meta.dirname, '../models/char-lm/1');
const OTHER = join(import.meta.dirname, '../models/word-vectors/1');
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const work of cleanUp.splice(0).toReversed()) await work();
});

/** A copy of the model whose weights were damaged. */
function damaged(): string {
  const directory = mkdtempSync(join(tmpdir(), 'assay-damaged-'));
  cleanUp.push(() => rm(directory, { recursive: true }));
  cpSync(GOOD, directory, { recursive: true });
  writeFileSync(join(directory, 'model.onnx'), 'no model');
  return directory;
}

async function setup(bundles: readonly string[], modelWaitMs?: () => number) {
  const publisher = `0x${'64'.padStart(40, '0')}`;
  const models = bundles.map((bundle) => ({ bundle, publisher, price: '10' }));
  const harness = await prepareHarness({ models });
  cleanUp.push(harness.close);
  const events: Record<string, unknown>[] = [];
  let heard = (_message: string): void => {};
  const log = pino(
    { level: 'info' },
    {
      write(line: string) {
        const event = JSON.parse(line) as Record<string, unknown>;
        events.push(event);
        heard(String(event.msg));
      },
    },
  );
  const said = (message: string): Promise<void> =>
    new Promise((resolve) => {
      heard = (one) => one.includes(message) && resolve();
    });
  const abort = new AbortController();
  const start = async () => {
    const running = await startProvider({
      ...{ config: harness.config, environment: {}, log, signal: abort.signal, modelWaitMs },
    });
    cleanUp.push(() => running.stop('test over'));
    return running;
  };
  return { ...harness, start, events, said, abort };
}

it('a damaged bundle is left out and named; the other model is served', async () => {
  const { start, modelId } = await setup([damaged(), GOOD]);
  const { httpPort } = await start();
  const ask = (path: string) => fetch(`http://127.0.0.1:${httpPort}${path}`);
  const status = (await (await ask('/status')).json()) as {
    models: { modelId: string }[];
    leftOut: { code: string; fix: string; nextTryAt: number }[];
  };
  expect(status.models.map((model) => model.modelId)).toEqual([modelId]);
  expect(status.leftOut).toMatchObject([{ code: 'M602', fix: expect.stringMatching(/\w/) }]);
  const metrics = await (await ask('/metrics')).text();
  expect(metrics).toContain('assay_provider_faulty_models 1');
  expect(metrics).toContain(
    `assay_provider_next_model_try_timestamp_seconds ${(status.leftOut[0]?.nextTryAt ?? 0) / 1000}`,
  );
});

it('a bundle that is repaired is offered without a restart', async () => {
  const bundle = damaged();
  const { start, gateway, modelId, said } = await setup([bundle, OTHER], () => 10);
  const { httpPort } = await start();
  const served = said('is served');
  cpSync(GOOD, bundle, { recursive: true });
  await served;
  const seen = gateway.heard.length;
  await gateway.until(() => gateway.heard.slice(seen).some(({ name }) => name === 'heartbeat'));
  const offered = gateway.last('heartbeat').meta.offers.map((offer) => offer.modelId);
  expect(offered).toContain(modelId);
  const status = await fetch(`http://127.0.0.1:${httpPort}/status`);
  expect(await status.json()).toMatchObject({ leftOut: [], models: [{}, { modelId }] });
});

it('start ends where no model can be served, and says why for each', async () => {
  const { start } = await setup([damaged(), '/nowhere']);
  const refused: unknown = await start().catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'P302' });
  expect(JSON.stringify(refused)).toMatch(/M602.*M604/);
});

it('an RPC that is down at boot is waited for', async () => {
  const { chain, start, said } = await setup([GOOD]);
  chain.broken = true;
  const waiting = said('cannot be reached');
  const starting = start();
  await waiting;
  chain.broken = false;
  expect((await starting).httpPort).toBeGreaterThan(0);
});

it('waiting for the chain can be given up', async () => {
  const { chain, start, said, abort } = await setup([GOOD]);
  chain.broken = true;
  const waiting = said('cannot be reached');
  const starting = start();
  await waiting;
  abort.abort(new Error('enough'));
  await expect(starting).rejects.toThrow(/enough|abort/);
});

it('an RPC of another chain is a wrong config, not an outage', async () => {
  const { chain, start } = await setup([GOOD]);
  chain.chainId = '0x1';
  await expect(start()).rejects.toMatchObject({
    code: 'P320',
    details: { field: 'chain.rpcUrls' },
  });
});

it('a data directory too long for a socket is named at once', async () => {
  const { config } = await setup([GOOD]);
  const dataDir = join(config.dataDir, 'x'.repeat(100));
  const starting = startProvider({
    ...{ config: { ...config, dataDir }, environment: {}, log: pino({ level: 'silent' }) },
  });
  await expect(starting).rejects.toMatchObject({
    ...{ code: 'P320', details: { field: 'dataDir' }, hint: expect.stringContaining('shorter') },
  });
});

it('a child that does not get ready is killed', async () => {
  const { config } = await setup([GOOD]);
  mkdirSync(config.dataDir, { recursive: true });
  const child = startChild({
    ...{ modelsDir: config.dataDir, emptyDir: config.dataDir, dataLimitBytes: 2 ** 32 },
    ...{ readyTimeoutMs: 1, log: pino({ level: 'silent' }) },
  });
  await expect(child.ready).rejects.toMatchObject({ details: { reason: 'not ready in time' } });
  expect((await child.exited).killedFor).toBe('not ready in time');
});
