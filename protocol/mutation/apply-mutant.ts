import type { Mutant } from './mutants.ts';

/** The source with the mistake, or nothing where its text does not stand there exactly once. */
export function applyMutant(
  source: string,
  { find, replace }: Pick<Mutant, 'find' | 'replace'>,
): string | undefined {
  const parts = source.split(find);
  return parts.length === 2 ? parts.join(replace) : undefined;
}
