import { z } from 'zod';

/** One measured line of a suite. `ratio = ours / reference`, both measured in the same run. */
export const benchRowSchema = z.object({
  suite: z.string().min(1),
  name: z.string().min(1),
  ours: z.number(),
  reference: z.number().nullable(),
  unit: z.string(),
  ratio: z.number().nullable(),
  bar: z.string(),
  /** null: the bar cannot be judged on this machine. */
  ok: z.boolean().nullable(),
});
export type BenchRow = z.infer<typeof benchRowSchema>;

/** A suite's stdout holds rows and nothing else; anything else is an error of the suite. */
export function parseBenchRow(line: string): BenchRow {
  return benchRowSchema.parse(JSON.parse(line));
}
