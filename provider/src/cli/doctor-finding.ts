import type { Chain } from '../chain/chain.ts';
import type { LoadedConfig } from '../load-config.ts';
import type { Machine } from './machine.ts';

/** What a check found; whatever is wrong comes with what to do about it. */
export type Finding =
  | {
      readonly verdict: 'ok';
      readonly subject: string;
      readonly found: string;
      readonly fix?: undefined;
    }
  | {
      readonly verdict: 'warn' | 'fail';
      readonly subject: string;
      readonly found: string;
      readonly fix: string;
    };

export interface Visit {
  readonly config: LoadedConfig;
  readonly environment: NodeJS.ProcessEnv;
  readonly chain: Chain;
  readonly machine: Machine;
  readonly add: (finding: Finding) => void;
}
