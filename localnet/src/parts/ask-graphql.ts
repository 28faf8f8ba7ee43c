import { z } from 'zod';

const answerSchema = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});

/** Data of a query without variables; throws the first error's message. */
export async function askGraphql(
  url: string,
  query: string,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal,
  });
  const { data, errors } = answerSchema.parse(await response.json());
  if (errors?.[0] !== undefined) throw new Error(errors[0].message);
  return data ?? {};
}
