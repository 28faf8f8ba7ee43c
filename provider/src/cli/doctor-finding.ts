import type { Chain } from '../chain/chain.ts';
import type { LoadedConfig } from '../load-config.ts';

export interface Finding {
  readonly verdict: 'ok' | 'warn' | 'fail';
  readonly subject: string;
  readonly found: string;
  /** What to do about it; only where something is wrong. */
  readonly fix?: string;
}

export interface Visit {
  readonly config: LoadedConfig;
  readonly environment: NodeJS.ProcessEnv;
  readonly chain: Chain;
  readonly add: (finding: Finding) => void;
}
