import type { ForgeRun } from './run-forge.ts';

export type Outcome = 'killed' | 'survived' | 'does not compile' | 'does not apply';

/** A mistake that the compiler finds is no mutant: only a test that ran and failed kills one. */
export function outcomeOf({ ok, output }: ForgeRun): Outcome {
  if (ok) return 'survived';
  return output.includes('Suite result: FAILED') ? 'killed' : 'does not compile';
}
