import { Command } from 'commander';
import { loadConfig } from '../load-config.ts';
import { startProvider } from '../supervisor/start-provider.ts';
import { createLog } from '../telemetry/log.ts';
import { CONFIG_OPTION } from './config-option.ts';
import { addDisputeCommands } from './dispute-commands.ts';
import { addEarningsCommand } from './earnings-command.ts';
import { addMoneyCommands } from './money-commands.ts';
import { pasteable, type Start } from './own-commands.ts';
import { addSetupCommands } from './setup-commands.ts';
import { addWatchCommands } from './watch-commands.ts';

/** The commands of `assay-provider`. */
export function buildProgram(start: Start): Command {
  const { environment } = start;
  const program = new Command('assay-provider')
    .description('Serves ONNX models on Assay marketplaces.')
    .version('0.1.0')
    .showHelpAfterError();
  addSetupCommands(program, start);
  program
    .command('start')
    .description('serve jobs until stopped')
    .option(...CONFIG_OPTION)
    .action(async ({ config: file }: { config: string }) => {
      const config = loadConfig(file);
      const log = createLog(config.logLevel, (text) => pasteable(text, start));
      const running = await startProvider({ config, environment, log });
      for (const signal of ['SIGINT', 'SIGTERM'] as const)
        process.once(signal, () => {
          void running.stop(signal).then(() => process.exit(0));
        });
    });
  addWatchCommands(program, start);
  addEarningsCommand(program, environment);
  addMoneyCommands(program, environment);
  addDisputeCommands(program, environment);
  return program;
}
