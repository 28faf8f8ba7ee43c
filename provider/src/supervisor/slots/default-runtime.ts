import type { RuntimeOptions } from '../../inference/messages.ts';

/** What a provider computes with unless its config says otherwise; part of the execution class. */
export const DEFAULT_RUNTIME: RuntimeOptions = {
  executionProvider: 'cpu',
  optimisation: 'all',
  threads: 1,
  tf32: false,
};
