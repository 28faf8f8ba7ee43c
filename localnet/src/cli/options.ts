import { parseArgs } from 'node:util';
import { AssayError } from '@assay/wire';
import { z } from 'zod';

export const HELP = `npm start [-- OPTIONS]

Starts the whole of Assay on this machine, runs one job on each model and stays up until Ctrl-C.

  --once          shut down after the jobs; exit 0 if every stage succeeded
  --distributed   each subgraph its own process instead of inside the gateway
  --port N        port of the gateway (default: any free one)
  --dir PATH      where network.json, logs and state go (default: .localnet)
  --no-jobs       start only; run no job
  --json          one JSON object a line instead of the table
  --help          this text

REDIS_URL names an empty database of a running Redis to use instead of an own one.
`;

const optionsSchema = z.object({
  once: z.boolean(),
  distributed: z.boolean(),
  jobs: z.boolean(),
  json: z.boolean(),
  help: z.boolean(),
  dir: z.string().min(1).optional(),
  port: z.coerce.number().int().min(1).max(65_535).optional(),
  redisUrl: z.url({ protocol: /^rediss?$/ }).optional(),
});
export type CliOptions = z.infer<typeof optionsSchema>;

/** @throws N904 saying which option or variable is wrong. */
export function parseOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): CliOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        once: { type: 'boolean', default: false },
        distributed: { type: 'boolean', default: false },
        'no-jobs': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        dir: { type: 'string' },
        port: { type: 'string' },
      },
    });
    const redisUrl = env.REDIS_URL === '' ? undefined : env.REDIS_URL;
    return optionsSchema.parse({ ...values, jobs: !values['no-jobs'], redisUrl });
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new AssayError('N904', { cause, details: { reason }, hint: `${reason}\n\n${HELP}` });
  }
}
