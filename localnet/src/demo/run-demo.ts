import type { Reporter } from '../report/reporter.ts';
import type { RunningNetwork } from '../start-network.ts';

export interface DemoMeans {
  readonly reporter: Reporter;
  readonly terminal: { write(text: string): void };
  readonly signal: AbortSignal;
}

/** What a reader can try by hand afterwards. */
export interface DemoResult {
  readonly token: string;
  readonly jobId: string;
}

export async function runDemo(_: RunningNetwork, __: DemoMeans): Promise<DemoResult> {
  throw new Error('not written');
}
