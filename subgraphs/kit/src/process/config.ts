import { AssayError } from '@assay/wire';
import { z } from 'zod';

/** A setting that no log ever shows. */
export function secretText(minimum = 16): z.ZodString {
  return z.string().min(minimum).meta({ secret: true });
}

/**
 * Reads a process's configuration once, in its main.ts.
 *
 * @example const config = parseConfig(z.object({ PORT: z.coerce.number() }), process.env);
 * @throws N904 naming every variable that is missing or wrong, never its value.
 */
export function parseConfig<S extends z.ZodType>(
  schema: S,
  env: Readonly<Record<string, string | undefined>>,
): z.output<S> {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    (issue) => `${issue.path.join('.') || 'configuration'}: ${issue.message}`,
  );
  throw new AssayError('N904', { details: { problems } });
}

/** The configuration as a log may show it: secrets masked, passwords cut out of URLs. */
export function maskConfig<S extends z.ZodObject>(
  schema: S,
  config: z.output<S>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [
      name,
      isSecret(schema.shape[name]) ? '***' : withoutPassword(value),
    ]),
  );
}

function isSecret(field: unknown): boolean {
  return field instanceof z.ZodType && unwrapped(field).meta()?.secret === true;
}

function unwrapped(field: z.ZodType): z.ZodType {
  const wrapped = field instanceof z.ZodOptional || field instanceof z.ZodDefault;
  return wrapped ? unwrapped(field.unwrap() as z.ZodType) : field;
}

function withoutPassword(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/(:\/\/[^:/@]*):[^@/]*@/, '$1:***@') : value;
}
