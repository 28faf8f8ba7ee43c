import { AssayError } from '@assay/wire';
import { HELP, parseOptions } from './cli/options.ts';
import { runCli } from './cli/run-cli.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => stop.abort());
}

try {
  const options = parseOptions(process.argv.slice(2), process.env);
  const { stdout } = process;
  const terminal = {
    isTTY: stdout.isTTY === true,
    write: (text: string) => void stdout.write(text),
  };
  if (options.help) terminal.write(HELP);
  else process.exitCode = await runCli(options, terminal, stop.signal);
} catch (error) {
  if (!(error instanceof AssayError)) throw error;
  process.stderr.write(`${error.message} ${error.hint}\n`);
  process.exitCode = 2;
}
