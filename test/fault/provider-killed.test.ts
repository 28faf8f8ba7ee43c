import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNetwork } from '@assay/localnet';
import { expect, onTestFinished, test } from 'vitest';
import { allEvents, jobEvents, type SeenEvent, textOf } from '../e2e/stranger/job-events.ts';
import { openSession } from '../e2e/stranger/open-session.ts';
import { submitJob, textJob } from '../e2e/stranger/submit-job.ts';

const LONG = 3_000;
const SILENCE_LIMIT_MS = 10_000;
const PATIENCE = { timeout: 300_000 };

async function setup(distributed: boolean) {
  const dir = mkdtempSync(join(tmpdir(), 'assay-fault-'));
  const running = await startNetwork({
    distributed,
    dir,
    ...(process.env.REDIS_URL && { redisUrl: process.env.REDIS_URL }),
  });
  onTestFinished(async () => {
    await running.stop();
    rmSync(dir, { recursive: true, force: true });
  });
  return { ...running, session: await openSession(running.network) };
}

type Means = Awaited<ReturnType<typeof setup>>;

/** Follows a job and kills its provider when the first output is there. */
async function killMidJob(means: Means, id: string) {
  const events: SeenEvent[] = [];
  let killed = false;
  for await (const event of jobEvents(means.network, means.session, { id })) {
    events.push(event);
    if (event.__typename !== 'JobOutput' || killed) continue;
    const assigned = events.find(({ __typename }) => __typename === 'JobAssigned');
    const victim = means.providers.find(
      ({ address }) => address === assigned?.providerId.toLowerCase(),
    );
    await victim?.kill();
    killed = true;
  }
  return events;
}

async function goesOnElsewhere(means: Means) {
  const { network, session } = means;
  const id = await submitJob(network, session, textJob(network, LONG, { retries: 2 }));

  const events = await killMidJob(means, id);

  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.map(({ __typename }) => __typename)).toContain('JobFailedOver');
  const completed = events.at(-1);
  expect(completed?.__typename).toBe('JobCompleted');
  // This model's tokens are characters: each arrives once, and those of the dead provider are not paid for.
  expect(textOf(events)).toHaveLength(LONG);
  expect(Number(completed?.units)).toBeLessThanOrEqual(LONG);
  expect(completed?.price).toBe(`${sumOf(completed?.receipts, 'price')}`);
  expect(await allEvents(network, session, { id })).toEqual(events);
}

async function failsInTime(means: Means) {
  const { network, session, providers } = means;
  const id = await submitJob(network, session, textJob(network, LONG, { retries: 1 }));

  const events: SeenEvent[] = [];
  let killedAt = 0;
  for await (const event of jobEvents(network, session, { id })) {
    events.push(event);
    if (event.__typename !== 'JobOutput' || killedAt !== 0) continue;
    killedAt = performance.now();
    await Promise.all(providers.map((provider) => provider.kill()));
  }

  expect(events.at(-1)).toMatchObject({ __typename: 'JobFailed', retryable: true });
  expect(performance.now() - killedAt).toBeLessThan(SILENCE_LIMIT_MS);
}

const sumOf = (receipts: readonly Record<string, string>[], field: string) =>
  receipts.reduce((sum, receipt) => sum + BigInt(receipt[field] ?? 0), 0n);

test(
  'a provider killed mid-job: the job goes on elsewhere, nothing lost or doubled (distributed)',
  PATIENCE,
  async () => {
    await goesOnElsewhere(await setup(true));
  },
);

test(
  'the same embedded; and when every provider is killed the job ends with JobFailed, never in silence',
  PATIENCE,
  async () => {
    const means = await setup(false);
    await goesOnElsewhere(means);
    await failsInTime(means);
  },
);
