import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Actors } from '../actors.ts';
import type { Reporter } from '../report/reporter.ts';
import type { StopStack } from '../stop-stack.ts';
import type { Watch } from '../watch.ts';

/** What every part of a starting network is given. */
export interface Context {
  readonly actors: Actors;
  readonly dir: string;
  readonly reporter: Reporter;
  readonly stack: StopStack;
  readonly watch: Watch;
  readonly signal: AbortSignal;
  log(name: string): string;
  /** A directory of the network's own; it does not exist yet. */
  place(...path: string[]): string;
}

/** State of an earlier network goes, since the chain starts anew; the logs of the last start stay until the next. */
export function prepareDirectory(dir: string): Pick<Context, 'dir' | 'log' | 'place'> {
  for (const name of ['logs', 'state', 'network.json']) {
    rmSync(join(dir, name), { recursive: true, force: true });
  }
  mkdirSync(join(dir, 'logs'), { recursive: true });
  mkdirSync(join(dir, 'state'), { recursive: true, mode: 0o700 });
  return {
    dir,
    log: (name) => join(dir, 'logs', `${name}.log`),
    place: (...path) => join(dir, 'state', ...path),
  };
}
