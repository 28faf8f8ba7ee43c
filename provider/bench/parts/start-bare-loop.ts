import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { manifestBytes } from '@assay/wire';
import type { LoadedBundle } from '../../src/supervisor/slots/slot-types.ts';
import { pinToCore } from './pin-to-core.ts';

export interface BareLoop {
  /** Milliseconds of each of so many runs. */
  run(runs: number): Promise<number[]>;
  stop(): void;
}

/** Bare ONNX Runtime on the model, in a process of its own, on the core given. */
export async function startBareLoop(bundle: LoadedBundle, core: number): Promise<BareLoop> {
  const manifestFile = `${bundle.directory}.manifest.json`;
  await writeFile(manifestFile, manifestBytes(bundle.manifest));
  const child = fork(new URL('bare-loop.ts', import.meta.url), [bundle.directory, manifestFile], {
    execArgv: [],
  });
  await once(child, 'message');
  pinToCore(child.pid ?? 0, core);
  return {
    async run(runs) {
      child.send(runs);
      const [times] = await once(child, 'message');
      return times as number[];
    },
    stop: () => child.kill('SIGKILL'),
  };
}
