import {
  amountText,
  type Hex,
  type JobEvent,
  type OutputTensor,
  receiptSchema,
  tensorHeaderSchema,
} from '@assay/wire';
import { z } from 'zod';

const hex = z.custom<Hex>((value) => typeof value === 'string' && /^0x[0-9a-f]*$/.test(value));
const amount = amountText.transform(BigInt);
const base = { jobId: hex, seq: z.number().int().min(1), at: z.number() };
const attempt = z.number().int().min(1);

const tensor = tensorHeaderSchema
  .extend({ data: z.string().optional(), blob: hex.optional() })
  .transform(
    ({ data, blob, ...header }): OutputTensor =>
      blob === undefined
        ? { ...header, data: Buffer.from(data ?? '', 'base64') }
        : { ...header, blob },
  );

const signedReceipt = receiptSchema
  .extend({
    jobId: hex,
    attempt,
    sessionId: hex,
    offerId: hex,
    signer: hex,
    signature: hex,
  })
  .transform((receipt) => ({
    ...receipt,
    units: BigInt(receipt.units),
    price: BigInt(receipt.price),
    startedAt: BigInt(receipt.startedAt),
    finishedAt: BigInt(receipt.finishedAt),
  }));
export const receiptsSchema = z.array(signedReceipt);

const voucherDue = z.object({
  sessionId: hex,
  offerId: hex,
  cumulative: amount,
  dueBy: z.number(),
});

const eventSchema = z.discriminatedUnion('kind', [
  z.object({ ...base, kind: z.literal('JobQueued') }),
  z.object({
    ...base,
    kind: z.literal('JobAssigned'),
    attempt,
    providerId: hex,
    offerId: hex,
    maxPrice: amount,
  }),
  z.object({
    ...base,
    kind: z.literal('JobOutput'),
    attempt,
    text: z.string().optional(),
    tensors: z.array(tensor).optional(),
  }),
  z.object({
    ...base,
    kind: z.literal('JobFailedOver'),
    attempt,
    fromProviderId: hex,
    code: z.string(),
  }),
  z.object({
    ...base,
    kind: z.literal('JobCompleted'),
    receipts: receiptsSchema,
    units: amount,
    price: amount,
    latencyMs: z.number(),
    energyJoules: z.number().optional(),
    cutShort: z.boolean().optional(),
    nextBestPrice: amount.optional(),
    voucherDue: z.array(voucherDue),
  }),
  z.object({
    ...base,
    kind: z.literal('JobFailed'),
    code: z.string(),
    message: z.string(),
    retryable: z.boolean(),
    price: amount,
    receipts: receiptsSchema,
  }),
  z.object({
    ...base,
    kind: z.literal('JobCancelled'),
    price: amount,
    receipts: receiptsSchema,
  }),
]);

function jsonValue(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value;
}

/** Tensors are copied first: JSON.stringify would call Buffer's own toJSON before any replacer. */
function plainTensors(event: JobEvent): unknown {
  if (event.kind !== 'JobOutput' || event.tensors === undefined) return event;
  const tensors = event.tensors.map((output) =>
    'blob' in output ? output : { ...output, data: base64(output.data) },
  );
  return { ...event, tensors };
}

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

/** One event as JSON: amounts as decimal text, bytes as base64. */
export function encodeJobEvent(event: JobEvent): string {
  return JSON.stringify(plainTensors(event), jsonValue);
}

/** Parses an event of the stream; throws where it is not one. */
export function decodeJobEvent(json: string): JobEvent {
  return eventSchema.parse(JSON.parse(json)) as JobEvent;
}
