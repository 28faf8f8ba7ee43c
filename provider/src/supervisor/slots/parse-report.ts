import { isErrorCode } from '@assay/wire';
import { z } from 'zod';
import type { Report } from '../../inference/messages.ts';

const job = z.number().int().min(0);
const units = z
  .number()
  .int()
  .min(0)
  .max(2 ** 40);
const milliseconds = z.number().min(0);
const fault = z.object({
  code: z.string().refine(isErrorCode),
  details: z.record(z.string(), z.unknown()),
  hint: z.string().optional(),
});

const done = z.object({
  job,
  text: z.string().optional(),
  units,
  cut: z.boolean(),
  computeMs: milliseconds,
  tensors: z.number().int().min(0),
  fingerprint: z.boolean(),
  streamed: z.boolean(),
});

const reportSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), dataBytes: z.number().min(0) }),
  z.object({ type: z.literal('echo'), cpuMs: milliseconds }),
  z.object({ type: z.literal('loaded'), loadMs: milliseconds, memoryBytes: z.number().min(0) }),
  z.object({
    type: z.literal('profiled'),
    maxBatch: z.number().int().min(1).max(1024),
    msByBatch: z.record(z.string(), milliseconds),
    msPerUnit: milliseconds,
    msPerRun: milliseconds,
  }),
  z.object({ type: z.literal('failed'), fault }),
  z.object({ type: z.literal('chunk'), job, text: z.string().optional(), units }),
  z.object({
    type: z.literal('results'),
    results: z.array(z.union([done, z.object({ job, fault })])),
  }),
]);

/** A child runs strangers' models: what it says is checked like anything else from outside. Throws a ZodError. */
export function parseReport(message: unknown): Report {
  return reportSchema.parse(message) as Report;
}
