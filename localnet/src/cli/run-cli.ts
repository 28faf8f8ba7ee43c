import { RemoteError } from '@assay/client';
import { AssayError } from '@assay/wire';
import { runDemo } from '../demo/run-demo.ts';
import { createReporter, type Reporter } from '../report/reporter.ts';
import { jsonView, plainView, spinnerView } from '../report/views.ts';
import { type RunningNetwork, startNetwork } from '../start-network.ts';
import { installStage } from './install-stage.ts';
import type { CliOptions } from './options.ts';
import { summary } from './summary.ts';

export interface Terminal {
  readonly isTTY: boolean;
  write(text: string): void;
}

/**
 * Starts the network, runs the demonstration and stays up until `stop`; answers the exit code:
 * 0 if every stage succeeded, also after Ctrl-C.
 */
export async function runCli(
  options: CliOptions,
  terminal: Terminal,
  stop: AbortSignal,
): Promise<number> {
  const write = (text: string) => terminal.write(text);
  const view = options.json
    ? jsonView(write)
    : terminal.isTTY
      ? spinnerView(write)
      : plainView(write);
  const reporter = createReporter(view);
  let running: RunningNetwork | undefined;
  try {
    running = await start(options, reporter, stop);
    await use(running, { options, terminal, reporter, stop });
    return 0;
  } catch (error) {
    if (stop.aborted) return 0;
    write(`\n${explain(error)}\n`);
    return 1;
  } finally {
    await reporter.stage('shutdown', async () => running?.stop());
  }
}

async function start(options: CliOptions, reporter: Reporter, signal: AbortSignal) {
  const install = installStage(Date.now());
  if (install !== undefined) reporter.record(install);
  const startedAt = performance.now();
  const { distributed, dir, port, redisUrl } = options;
  const running = await startNetwork({
    distributed,
    port,
    redisUrl,
    reporter,
    signal,
    ...(dir && { dir }),
  });
  const ms = performance.now() - startedAt;
  reporter.record({ name: 'network up', ok: true, ms, detail: running.networkFile });
  return running;
}

async function use(
  running: RunningNetwork,
  means: { options: CliOptions; terminal: Terminal; reporter: Reporter; stop: AbortSignal },
): Promise<void> {
  const { options, terminal, reporter, stop } = means;
  const broken = running.broken.then((error) => Promise.reject(error));
  const demo = options.jobs
    ? await Promise.race([
        runDemo(running, {
          reporter,
          signal: stop,
          ...(!options.json && { write: (text: string) => terminal.write(text) }),
        }),
        broken,
      ])
    : undefined;
  if (options.once) return;
  if (!options.json) {
    terminal.write(summary(running.network, running.networkFile, demo));
    terminal.write('\nUp. Ctrl-C stops everything.\n');
  }
  const stopped = new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    stop.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([stopped, broken]);
}

/** What happened and what to do; the stack only where it is nobody's foreseen error. */
function explain(error: unknown): string {
  if (error instanceof AssayError || error instanceof RemoteError) {
    const { code, message, hint = '', details } = error;
    return [`${code} ${message}`, hint, JSON.stringify(details)].join('\n');
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
