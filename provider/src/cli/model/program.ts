import { TASKS } from '@assay/wire';
import { Command, InvalidArgumentError, Option } from 'commander';
import { pasteable, type Start } from '../own-commands.ts';
import { checkModel } from './check-model.ts';
import { importModel } from './import-model.ts';
import { manifestJsonSchema } from './manifest-json-schema.ts';
import { publishModel } from './publish-model.ts';

/** The commands of `assay-model`: from an ONNX file to a model on chain. */
export function buildModelProgram(start: Start): Command {
  const { environment } = start;
  const program = new Command('assay-model')
    .description('Makes, checks and publishes models for Assay.')
    .version('0.1.0');

  program
    .command('import <folder>')
    .description('write manifest.json for a folder with an ONNX file; dangerous graphs are refused')
    .requiredOption('--licence <spdx>', 'licence of the weights, as an SPDX identifier')
    .option('--name <name>', 'lower case; default: the folder’s name')
    .option('--model-version <version>', 'version of the model', '1')
    .option('--model <path>', 'the graph inside the folder, where it holds several')
    .option('--description <text>', 'one sentence')
    .addOption(new Option('--task <task>', 'what the model does; default: guessed').choices(TASKS))
    .option('--force', 'overwrite an existing manifest.json', false)
    .action(async (folder: string, options: Parameters<typeof importModel>[1]) =>
      console.log(pasteable(await importModel(folder, options), start)),
    );

  program
    .command('check <folder>')
    .description(
      'check files, hashes and graph; measure the tolerance of its outputs over optimisation levels',
    )
    .option('--no-calibrate', 'only the static checks')
    .option('--samples <count>', 'made-up inputs to calibrate with', count, 4)
    .option('--write', 'put the measured class into manifest.json', false)
    .option('--json', 'print the result as JSON', false)
    .action(checkModel);

  program
    .command('publish <folder>')
    .description(
      'register the model on chain, and upload its files where an upload address is given',
    )
    .requiredOption('--rpc <url>', 'JSON-RPC endpoint of the chain')
    .requiredOption('--deployment <file>', 'deployment file of the contracts')
    .requiredOption(
      '--key <file>',
      'publisher’s ethers keystore (password in ASSAY_KEYSTORE_PASSWORD) or a file of mode 0600 with a plain key',
    )
    .option(
      '--upload <url>',
      'HTTP folder that takes PUT requests; files go to <url>/<manifest hash>/',
    )
    .option(
      '--upload-headers <file>',
      'headers to upload with, one `name: value` a line: what the store asks for, such as authorization',
    )
    .option(
      '--uri <uri>',
      'where the files are already: npm:<package>/<folder> or an http(s) folder',
    )
    .option(
      '--royalty-ppm <ppm>',
      'the publisher’s part of each fee, in parts per million',
      count,
      0,
    )
    .option('--previous <modelId>', 'register as the next version of this model')
    .action((folder: string, options: Omit<Parameters<typeof publishModel>[1], 'environment'>) =>
      publishModel(folder, { ...options, environment }),
    );

  program
    .command('schema')
    .description('print the JSON Schema of manifest.json')
    .action(() => console.log(manifestJsonSchema()));

  return program;
}

function count(text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a whole number');
}
