/**
 * The project's router against others in one simulated market (routing-and-intents A2): the same providers, arrivals, sizes, crashes and
 * admission for all, four gateways with views of their own. Then what liars get, and what a decision costs.
 */
import { assayPolicy } from './parts/assay-policy.ts';
import { measureDecisions } from './parts/measure-decisions.ts';
import type { CreatePolicy } from './parts/policy.ts';
import { c3, peakEwma, powerOfTwo, prequal, randomPolicy } from './parts/reference-policies.ts';
import { type Result, type Scenario, simulate } from './parts/simulate.ts';

const SEEDS = [7001, 7002, 7003];
const LOADS = [0.5, 0.7, 0.9];
const REFERENCES: Readonly<Record<string, CreatePolicy>> = {
  prequal,
  C3: c3,
  'peak EWMA': peakEwma,
  'power of two': powerOfTwo,
  random: randomPolicy,
};

interface Row {
  readonly name: string;
  readonly ours: number;
  readonly reference: number | null;
  readonly unit: string;
  readonly bar: string;
  readonly ok: boolean | null;
}

const round = (value: number) => Number(value.toPrecision(4));

function print({ name, ours, reference, ...rest }: Row): void {
  const ratio = reference === null || reference === 0 ? null : round(ours / reference);
  const shown = reference === null ? null : round(reference);
  const row = { suite: 'routing', name, ours: round(ours), reference: shown, ratio, ...rest };
  process.stdout.write(`${JSON.stringify(row)}\n`);
}

const geometricMean = (values: readonly number[]) =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(Math.max(value, 1e-9)), 0) / values.length);
const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function runAll(create: CreatePolicy, change: Partial<Scenario>): Result[] {
  const scenario = { providers: 100, load: 0.7, liars: 0, warmUpMs: 15_000, measuredMs: 25_000 };
  return SEEDS.map((seed) => simulate(create, { ...scenario, ...change, seed }));
}

function compareLoads(): void {
  for (const load of LOADS) {
    const ours = runAll(assayPolicy, { load });
    for (const [name, create] of Object.entries(REFERENCES))
      compare(name, load, ours, runAll(create, { load }));
  }
}

function compare(
  name: string,
  load: number,
  ours: readonly Result[],
  theirs: readonly Result[],
): void {
  const at = `at ${load * 100} % load, against ${name}`;
  const judged = name === 'prequal';
  const p99 = [
    geometricMean(ours.map((one) => one.p99)),
    geometricMean(theirs.map((one) => one.p99)),
  ] as const;
  print({
    name: `p99 ${at}`,
    ours: p99[0],
    reference: p99[1],
    unit: 'ms',
    bar: judged ? 'below' : '',
    ok: judged ? p99[0] < p99[1] : null,
  });
  const p50 = [
    geometricMean(ours.map((one) => one.p50)),
    geometricMean(theirs.map((one) => one.p50)),
  ] as const;
  print({ name: `p50 ${at}`, ours: p50[0], reference: p50[1], unit: 'ms', bar: '', ok: null });
  const errors = [
    mean(ours.map((one) => one.errorShare)),
    mean(theirs.map((one) => one.errorShare)),
  ] as const;
  print({
    name: `errors ${at}`,
    ours: 100 * errors[0],
    reference: 100 * errors[1],
    unit: '%',
    bar: '',
    ok: null,
  });
}

/** Slow providers that claim no load and 10 ms, at 70 % load: their share of the jobs beside their share of the capacity. */
function measureLiars(): void {
  for (const [name, create] of Object.entries({ assay: assayPolicy, prequal })) {
    const results = runAll(create, { providers: 200, liars: 20 });
    const share = mean(results.map((one) => one.liarShare));
    const capacity = mean(results.map((one) => one.liarCapacity));
    const judged = name === 'assay';
    print({
      name: `share of 20 liars among 200, ${name}`,
      ours: 100 * share,
      reference: 100 * capacity,
      unit: '% of jobs; reference: % of capacity',
      bar: judged ? 'no extra share' : '',
      ok: judged ? share <= capacity : null,
    });
  }
}

compareLoads();
measureLiars();
for (const providers of [100, 1_000, 10_000]) {
  const { p50, p99 } = measureDecisions(providers);
  const bar = providers === 10_000 ? '< 20 µs' : '';
  print({
    name: `decision p50, ${providers} providers`,
    ours: p50,
    reference: null,
    unit: 'µs',
    bar: '',
    ok: null,
  });
  print({
    name: `decision p99, ${providers} providers`,
    ours: p99,
    reference: null,
    unit: 'µs',
    bar,
    ok: bar === '' ? null : p99 < 20,
  });
}
