import { AssayError, type Hex } from '@assay/wire';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import type { ModelConfig } from '../config.ts';
import { faultOf } from './load-models.ts';
import { modelWaitMs, type RetryModelsOptions, retryModels } from './retry-models.ts';
import type { ServedOffer } from './serve/served-offer.ts';

const modelOf = (bundle: string) => ({ bundle }) as ModelConfig;
const offerOf = ({ bundle }: ModelConfig) => ({ modelId: idOf(bundle) }) as ServedOffer;
const idOf = (bundle: string) => `0x${bundle}` as Hex;
const noFile = () => new AssayError('M604', { details: { file: 'manifest.json' } });

function setup(
  bundles: readonly string[],
  load: RetryModelsOptions['load'],
  change: Partial<RetryModelsOptions> = {},
) {
  const offers = new Map<Hex, ServedOffer>();
  const waits: number[] = [];
  const retries = retryModels({
    leftOut: bundles.map((bundle) => ({
      model: modelOf(bundle),
      fault: faultOf(modelOf(bundle), noFile()),
    })),
    offers,
    load,
    draining: () => false,
    log: pino({ level: 'silent' }),
    waitMs: (tries) => {
      waits.push(tries);
      return 0;
    },
    ...change,
  });
  onTestFinished(() => retries.stop());
  return { retries, offers, waits };
}

it('a model that loads at a later try is offered, and is left out no longer', async () => {
  const served = Promise.withResolvers<void>();
  let tries = 0;
  const { retries, offers, waits } = setup(['a'], async (model) => {
    tries += 1;
    if (tries < 3) throw noFile();
    setImmediate(served.resolve);
    return offerOf(model);
  });
  expect(retries.leftOut()).toMatchObject([{ bundle: 'a', code: 'M604', tries: 1 }]);
  retries.start();
  await served.promise;
  expect([...offers.keys()]).toEqual([idOf('a')]);
  expect(retries.leftOut()).toEqual([]);
  expect(waits).toEqual([1, 2, 3]);
});

it('shows the fault of the last try, and when the next one is', async () => {
  const failed = Promise.withResolvers<void>();
  const { retries } = setup(
    ['a'],
    async () => {
      setImmediate(failed.resolve);
      throw new AssayError('M602', {});
    },
    { waitMs: (tries) => (tries === 1 ? 0 : 60_000) },
  );
  retries.start();
  const before = Date.now();
  await failed.promise;
  const [fault] = retries.leftOut();
  expect(fault).toMatchObject({ code: 'M602', tries: 2 });
  expect(fault?.nextTryAt).toBeGreaterThanOrEqual(before + 60_000);
});

it('a model that never loads keeps no other back', async () => {
  const served = Promise.withResolvers<void>();
  const { retries, offers } = setup(['bad', 'good'], async (model) => {
    if (model.bundle === 'bad') throw noFile();
    setImmediate(served.resolve);
    return offerOf(model);
  });
  retries.start();
  await served.promise;
  expect([...offers.keys()]).toEqual([idOf('good')]);
  expect(retries.leftOut()).toMatchObject([{ bundle: 'bad' }]);
});

it('what loads after a stop is not offered', async () => {
  const loading = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<void>();
  const { retries, offers } = setup(['a'], async (model, signal) => {
    loading.resolve();
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    setImmediate(stopped.resolve);
    return offerOf(model);
  });
  retries.start();
  await loading.promise;
  expect(retries.leftOut()).toMatchObject([{ nextTryAt: undefined }]);
  retries.stop();
  await stopped.promise;
  expect(offers.size).toBe(0);
});

it('a provider that drains loads nothing', async () => {
  const asked = Promise.withResolvers<void>();
  let loads = 0;
  const { retries } = setup(
    ['a'],
    async (model) => {
      loads += 1;
      return offerOf(model);
    },
    {
      draining: () => {
        setImmediate(asked.resolve);
        return true;
      },
    },
  );
  retries.start();
  await asked.promise;
  expect(loads).toBe(0);
});

it('waits double from 30 s to 10 minutes, and are nine times as long as a long try', () => {
  expect([1, 2, 3, 6, 99].map((tries) => modelWaitMs(tries, 0))).toEqual([
    30_000, 60_000, 120_000, 600_000, 600_000,
  ]);
  expect(modelWaitMs(1, 200_000)).toBe(1_800_000);
  expect(modelWaitMs(1, 1e12)).toBe(86_400_000);
});
