/** `npm run bench -- gateway`: what federation costs, against one Apollo Server that has it all in one schema. */
import { QUERY } from './parts/market-data.ts';
import { type MeasuredChild, startMeasuredChild } from './parts/measured-child.ts';
import { printRow } from './parts/print-row.ts';
import { ask, runLoad } from './parts/query-load.ts';
import { median, quantile } from './parts/statistics.ts';

const ROUNDS = 5;
const REQUESTS = 500;
/** Long enough for the compiler to have seen everything. */
const WARM_UP = 4;
const CONNECTIONS = 16;

interface Round {
  readonly cpuMs: number;
  readonly p99Ms: number;
  readonly perSecond: number;
}

async function measure(child: MeasuredChild): Promise<Round> {
  const before = await child.cpuMs();
  const { port } = child;
  const load = await runLoad({ port, query: QUERY, requests: REQUESTS, connections: CONNECTIONS });
  const cpuMs = ((await child.cpuMs()) - before) / REQUESTS;
  return { cpuMs, p99Ms: quantile(load.latenciesMs, 0.99), perSecond: REQUESTS / load.seconds };
}

const federated = await startMeasuredChild(new URL('./parts/serve-federated.ts', import.meta.url));
const monolith = await startMeasuredChild(new URL('./parts/serve-monolith.ts', import.meta.url));
const [ourAnswer, theirAnswer] = await Promise.all([
  ask({ port: federated.port, query: QUERY }),
  ask({ port: monolith.port, query: QUERY }),
]);
if (ourAnswer !== theirAnswer.trim())
  throw new Error(`answers differ: ${ourAnswer} ${theirAnswer}`);

const ours: Round[] = [];
const theirs: Round[] = [];
for (let round = 0; round < WARM_UP; round++) {
  await measure(federated);
  await measure(monolith);
}
for (let round = 0; round < ROUNDS; round++) {
  ours.push(await measure(federated));
  theirs.push(await measure(monolith));
}
const of = (rounds: readonly Round[], field: keyof Round) =>
  median(rounds.map((round) => round[field]));
const row = (name: string, field: keyof Round, unit: string) => ({
  name,
  ours: of(ours, field),
  reference: of(theirs, field),
  unit,
});
const cpu = row(
  'federated 3-subgraph query, CPU per request, against one Apollo Server',
  'cpuMs',
  'ms',
);
printRow('gateway', { ...cpu, bar: 'ratio <= 3', ok: cpu.ours <= 3 * cpu.reference });
printRow('gateway', {
  ...row('the same, p99 at 16 connections', 'p99Ms', 'ms'),
  bar: 'informative',
  ok: null,
});
printRow('gateway', {
  ...row('the same, throughput', 'perSecond', 'req/s'),
  bar: 'informative',
  ok: null,
});
await Promise.all([federated.stop(), monolith.stop()]);
