import { basename, delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { shellWord } from './shell-word.ts';

/** How this process was started. */
export interface Start {
  readonly argv: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly cwd: string;
}

const MAINS = {
  'assay-provider': fileURLToPath(import.meta.resolve('../main.ts')),
  'assay-model': fileURLToPath(import.meta.resolve('./model/main.ts')),
} as const;
type Program = keyof typeof MAINS;

const OWNER_COMMANDS = ['register', 'stake', 'thaw', 'unstake'];
const COMMAND = /`(assay-provider|assay-model) ([a-z]+)([^`]*)`/g;

/**
 * Texts of ours name commands shortly, in backticks: `assay-provider register`. Answers the text with each as it can be
 * pasted where this process was started: called in the same way, for the same config and owner.
 */
export function pasteable(text: string, start: Start): string {
  if (!text.includes('`')) return text;
  const given = optionsOf(start.argv);
  return text.replace(COMMAND, (_, program: Program, command: string, rest: string) => {
    const options = program === 'assay-provider' ? carriedOver(command, rest, given) : [];
    return `\`${[callOf(program, start), `${command}${rest}`, ...options].join(' ')}\``;
  });
}

/** How one of our programs is called in the shell that started this process. */
function callOf(program: Program, { argv, environment, cwd }: Start): string {
  const [, script = ''] = argv;
  const folder = dirname(script);
  if (environment.npm_execpath !== undefined) return `npx ${program}`;
  if (Object.values<string>(MAINS).includes(script)) return `node ${fromHere(cwd, MAINS[program])}`;
  if (!(basename(script) in MAINS)) return `npx ${program}`;
  if (environment.PATH?.split(delimiter).includes(folder)) return program;
  const path = fromHere(cwd, join(folder, program));
  return path.includes('/') ? path : `./${path}`;
}

const fromHere = (cwd: string, file: string): string => shellWord(relative(cwd, file));

interface Given {
  readonly config?: string;
  readonly ownerKeyFile?: string;
}

function optionsOf(argv: readonly string[]): Given {
  const { values } = parseArgs({
    args: argv.slice(2),
    options: { config: { type: 'string', short: 'c' }, 'owner-key-file': { type: 'string' } },
    strict: false,
  });
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' ? value : undefined;
  const [config, ownerKeyFile] = [text(values.config), text(values['owner-key-file'])];
  return { ...(config && { config }), ...(ownerKeyFile && { ownerKeyFile }) };
}

function carriedOver(command: string, rest: string, { config, ownerKeyFile }: Given): string[] {
  if (command === 'init' || / -c /.test(rest)) return [];
  const isOwners = OWNER_COMMANDS.includes(command);
  return [
    ...(config === undefined ? [] : [`-c ${shellWord(config)}`]),
    ...(isOwners && ownerKeyFile !== undefined
      ? [`--owner-key-file ${shellWord(ownerKeyFile)}`]
      : []),
  ];
}
