import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { MUTANTS, type Mutant } from './mutants.ts';
import type { Outcome } from './outcome-of.ts';
import { Workshop } from './workshop.ts';

/**
 * Applies one deliberate mistake after the other to copies of the contracts and expects the tests to notice each.
 * `npm run protocol:mutate`; `-- PART...` tries only those with such a part in their name, `-- --jobs N` that many at a time.
 */
const { values, positionals: parts } = parseArgs({
  options: { jobs: { type: 'string', default: '2' } },
  allowPositionals: true,
});
const startedAt = performance.now();
const stop = new AbortController();
let asked: NodeJS.Signals | undefined;
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.on(name, () => {
    asked ??= name;
    stop.abort();
  });
const outcomes = new Map<Mutant, Outcome>();
const chosen = choose();

const clock = (milliseconds: number): string => {
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};
const say = (text: string): void =>
  void process.stdout.write(`${clock(performance.now() - startedAt).padStart(6)}  ${text}\n`);

/** Neighbours share a file, so that undoing one and making the next is one compilation. */
function choose(): Mutant[] {
  const chosen = MUTANTS.filter(
    ({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)),
  );
  return chosen.toSorted((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
}

async function work(workshop: Workshop, queue: readonly Mutant[], total: number): Promise<void> {
  for (const mutant of queue) {
    const began = performance.now();
    const outcome = await workshop.attempt(mutant, stop.signal);
    outcomes.set(mutant, outcome);
    const count = `${String(outcomes.size).padStart(String(total).length)}/${total}`;
    say(`${count}  ${outcome.padEnd(16)}  ${mutant.name} (${clock(performance.now() - began)})`);
  }
}

async function main(jobs: number): Promise<void> {
  if (chosen.length === 0) throw new Error(`No mutant is named like ${parts.join(' or ')}.`);
  using workshops = new DisposableStack();
  const first = workshops.use(Workshop.create());
  say(`compiling; then ${chosen.length} mutants, ${jobs} at a time`);
  await first.expectPass([...new Set(chosen.map(({ tests }) => tests))], stop.signal);
  say('the tests pass without a mutant');
  const others = Array.from({ length: Math.min(jobs, chosen.length) - 1 }, () =>
    workshops.use(first.copy()),
  );
  // Each worker begins at its own place of the list, in files of its own.
  const queues = [first, ...others].map((workshop, i, all) => ({
    workshop,
    queue: chosen.slice((i * chosen.length) / all.length, ((i + 1) * chosen.length) / all.length),
  }));
  const working = queues.map(({ workshop, queue }) => work(workshop, queue, chosen.length));
  await Promise.all(working).catch(async (error) => {
    stop.abort();
    await Promise.allSettled(working);
    throw error;
  });
  const missed = chosen.filter((mutant) => outcomes.get(mutant) !== 'killed');
  for (const mutant of missed) say(`${outcomes.get(mutant)}: ${mutant.name} (${mutant.file})`);
  const killed = chosen.length - missed.length;
  say(`${killed} of ${chosen.length} mutants killed`);
  process.stdout.write(`${killed} passed, ${missed.length} failed\n`);
  if (missed.length > 0) process.exitCode = 1;
}

const jobs = Number(values.jobs);
if (!Number.isSafeInteger(jobs) || jobs < 1) {
  process.stderr.write('--jobs takes a number of at least 1.\n');
  process.exit(2);
}
await main(jobs).catch((error: unknown) => {
  if (asked === undefined) throw error;
  say(`stopped; ${outcomes.size} of ${chosen.length} mutants tried`);
  process.exitCode = 128 + constants.signals[asked];
});
