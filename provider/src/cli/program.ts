import { Command } from 'commander';
import { loadConfig } from '../load-config.ts';
import { startProvider } from '../supervisor/start-provider.ts';
import { createLog } from '../telemetry/log.ts';
import { registerProvider } from './register-provider.ts';

const CONFIG = ['-c, --config <file>', 'the provider’s config file', 'provider.json'] as const;

/** The commands of `assay-provider`. */
export function buildProgram(environment: NodeJS.ProcessEnv): Command {
  const program = new Command('assay-provider')
    .description('Serves ONNX models on Assay marketplaces.')
    .version('0.1.0');

  program
    .command('start')
    .description('serve jobs until stopped')
    .option(...CONFIG)
    .action(async ({ config: file }: { config: string }) => {
      const config = loadConfig(file);
      const log = createLog(config.logLevel);
      const running = await startProvider({ config, environment, log });
      for (const signal of ['SIGINT', 'SIGTERM'] as const)
        process.once(signal, () => {
          void running.stop(signal).then(() => process.exit(0));
        });
    });

  program
    .command('register')
    .description('stake, register the receipt key and write the offers of the config')
    .option(...CONFIG)
    .option('-y, --yes', 'do not ask before sending transactions', false)
    .action(async ({ config: file }: { config: string }) => {
      const report = (step: string): void => console.log(`  ${step}`);
      const { provider, offers } = await registerProvider({
        config: loadConfig(file),
        environment,
        report,
      });
      console.log(`provider ${provider} is registered with ${offers.length} offer(s)`);
    });

  return program;
}
