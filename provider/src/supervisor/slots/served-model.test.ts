import { expect, test } from 'vitest';
import { batchMs } from './batch-ms.ts';
import {
  childWithRoom,
  committedMs,
  createServedModel,
  firstBatch,
  observeRun,
} from './served-model.ts';
import type { SlotJob } from './slot-job.ts';
import type { LoadedBundle, ModelProfile } from './slot-types.ts';

const profile: ModelProfile = {
  modelId: '0x01',
  maxBatch: 16,
  msByBatch: { 1: 10, 2: 12, 4: 16, 8: 24, 16: 40, 32: 80 },
  msPerUnit: 10,
  msPerRun: 0,
  loadMs: 500,
  memoryBytes: 0,
};
function setup() {
  const bundle = { manifest: { unit: 'request' } } as Partial<LoadedBundle> as LoadedBundle;
  const model = createServedModel(bundle);
  model.profile = profile;
  model.children.add({ batches: [] } as never);
  return model;
}
const jobs = (count: number, change: Partial<SlotJob> = {}): SlotJob[] =>
  Array.from(
    { length: count },
    () =>
      ({
        ...{ expectedMs: 10, shape: { key: 'same', rows: 1 }, alone: false },
        options: { deadline: 1 },
        ...change,
      }) as Partial<SlotJob> as SlotJob,
  );

test('the time of a batch is the measured one, between two measurements, or in proportion', () => {
  expect([1, 2, 3, 12, 64].map((rows) => batchMs(profile, rows))).toEqual([10, 12, 14, 32, 160]);
});

test('a full batch that takes what the profile says is no slowdown', () => {
  const model = setup();
  for (let run = 0; run < 50; run++) observeRun(model, { computeMs: 40, jobs: jobs(16) });
  expect(model.slowdown).toBeCloseTo(1);
  for (let run = 0; run < 50; run++) observeRun(model, { computeMs: 80, jobs: jobs(16) });
  expect(model.slowdown).toBeCloseTo(2, 1);
});

test('what queues and may share runs takes as long as those runs', () => {
  const model = setup();
  for (const job of jobs(32)) model.queue.add(job);
  expect(committedMs(model)).toBeCloseTo(80);
  for (const job of jobs(2, { shape: { key: 'other', rows: 1 } })) model.queue.add(job);
  expect(committedMs(model)).toBeCloseTo(92);
  for (const job of jobs(2, { alone: true })) model.queue.add(job);
  expect(committedMs(model)).toBeCloseTo(112);
});

test('what an idle child is not given of a handful goes into it at once, whatever their number', () => {
  for (let waiting = 4; waiting <= 16; waiting++) {
    const model = setup();
    for (const job of jobs(waiting)) model.queue.add(job);
    const first = model.queue.takeBatch(firstBatch(model));
    expect([first.length, childWithRoom(model)]).toEqual([Math.floor(waiting / 2), undefined]);
    model.children.clear();
    const serving = { batches: [{ jobs: first, left: first.length }] } as never;
    model.children.add(serving);
    expect(childWithRoom(model)).toBe(serving);
  }
});

test('more than one batch holds is not halved, nor what halves would take much longer with', () => {
  const model = setup();
  for (const job of jobs(17)) model.queue.add(job);
  expect(firstBatch(model)).toBe(16);
  const flat = setup();
  flat.profile = { ...profile, msByBatch: { 1: 10, 2: 11, 4: 12, 8: 13, 16: 14 } };
  for (const job of jobs(8)) flat.queue.add(job);
  expect(firstBatch(flat)).toBe(16);
});
