import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { AssayError } from '@assay/wire';

const run = promisify(execFile);
const packageJson = createRequire(import.meta.url).resolve('@graphprotocol/graph-cli/package.json');
const RUN_JS = join(dirname(packageJson), 'bin', 'run.js');

/** Runs The Graph's own command line in a directory with a `subgraph.yaml`. */
export async function graphCli(cwd: string, ...args: string[]): Promise<void> {
  try {
    await run(process.execPath, [RUN_JS, ...args], { cwd, env: { ...process.env, NO_COLOR: '1' } });
  } catch (cause) {
    const output = cause as { stdout?: string; stderr?: string };
    const said = `${output.stderr ?? ''}\n${output.stdout ?? ''}`.split('\n').filter(isNews);
    throw new AssayError('N900', {
      details: { process: `graph ${args.join(' ')}`, cwd },
      hint: `graph ${args[0]} failed:\n${said.slice(-40).join('\n')}`,
    });
  }
}

const isNews = (line: string) =>
  line.trim() !== '' &&
  !/^\W*(\[\d+m)?\s*at |^- |^▌|Suggestion:|Discord|Github issues|contact us/.test(line);
