import { z } from 'zod';
import { AssayError } from './errors.ts';
import { amountText, liveOfferSchema, providerEnergySchema } from './live.ts';
import { TENSOR_LIMITS, tensorHeaderSchema } from './tensor.ts';
import type { Address, Hex } from './units.ts';

/**
 * Frames of the provider link (PROTOCOL.md "Provider link"): one WebSocket binary message is one frame,
 *
 *   u8 version | u8 type | u32le metaLength | meta (UTF-8 JSON) | body (raw bytes)
 *
 * `meta` is bounded and validated; tensor data and prompts travel in `body`, one after another, as `meta` describes.
 */
export const LINK_VERSION = 2;
export const LINK_LIMITS = {
  metaBytes: 64 * 1024,
  frameBytes: 8 * 1024 * 1024,
  /** Frames a peer may have unanswered before the other side may close with L703. */
  windowFrames: 1024,
  /** A side that has more unsent bytes than this stops producing. */
  bufferedBytes: 16 * 1024 * 1024,
  challengeMaxAgeMs: 30_000,
  /** So long after a `cancel` with `partial` a gateway waits for the receipt, and pays it. */
  partialReceiptMs: 5_000,
  heartbeatMs: 1_000,
  heartbeatsMissed: 3,
} as const;

const hex32 = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/)
  .transform((value) => value as Hex);
const address = z
  .string()
  .regex(/^0x[0-9a-f]{40}$/)
  .transform((value) => value as Address);
const signature = z
  .string()
  .regex(/^0x[0-9a-f]{130}$/)
  .transform((value) => value as Hex);
const hex16 = z
  .string()
  .regex(/^0x[0-9a-f]{32}$/)
  .transform((value) => value as Hex);
const epochMs = z.number().int().nonnegative();

export const ticketSchema = z.object({
  jobId: hex32,
  attempt: z.number().int().min(1).max(1000),
  sessionId: hex32,
  offerId: hex32,
  maxPrice: amountText,
  /** Unix seconds, as it is hashed. */
  deadline: amountText,
});

/** A tensor of a frame: its bytes are the next `bytes` of the body, or a blob to fetch from the gateway. */
const frameTensorSchema = tensorHeaderSchema.extend({
  bytes: z.number().int().min(0).max(TENSOR_LIMITS.bytes).optional(),
  blob: hex32.optional(),
});
export type FrameTensor = z.infer<typeof frameTensorSchema>;
const frameTensors = z.array(frameTensorSchema).max(TENSOR_LIMITS.perJob);

/** Bytes of a prompt, as UTF-8. */
export const LONGEST_PROMPT = 256 * 1024;
/** Characters of a text that another provider can go on after. */
export const LONGEST_PREFIX = 1_000_000;

export const jobParamsSchema = z.object({
  maxTokens: z.number().int().min(1).max(1_000_000).optional(),
  temperature: z.number().min(0).max(10).optional(),
  topK: z.number().int().min(1).max(1_000_000).optional(),
  topP: z.number().min(0).max(1).optional(),
  stop: z.array(z.string().min(1).max(64)).max(8).optional(),
  seed: z
    .string()
    .regex(/^[0-9]{1,20}$/)
    .optional(),
  deliveredPrefix: z.string().max(LONGEST_PREFIX).optional(),
});

export const receiptSchema = z.object({
  ticket: hex32,
  execClass: hex32,
  inputRoot: hex32,
  outputRoot: hex32,
  fingerprintHash: hex32,
  units: amountText,
  price: amountText,
  startedAt: amountText,
  finishedAt: amountText,
});

const voucherSchema = z.object({
  sessionId: hex32,
  offerId: hex32,
  cumulative: amountText,
  signature,
});
/** `guarantee` covers the same amount; `receiptDigests` are the receipts newly chained into `receipts`, oldest first. */
const paymentSchema = voucherSchema.extend({
  guarantee: signature.optional(),
  receipts: hex32,
  receiptDigests: z.array(hex32).max(512),
});

/** Meta of every frame, by type name. Direction: G = gateway, P = provider. */
export const FRAMES = {
  /** G->P, first frame after the upgrade. */
  challenge: {
    type: 1,
    meta: z.object({
      gateway: address,
      chainId: z.number().int(),
      escrow: address,
      nonce: hex32,
      time: epochMs,
      heartbeatMs: z.number().int(),
      blobUrl: z.string().max(500).optional(),
    }),
  },
  /**
   * P->G. `helloDigest` signed by the registered receipt key: it names this gateway, the host that was dialled, both
   * nonces and the time.
   */
  hello: {
    type: 2,
    meta: z.object({
      provider: address,
      host: z.string().min(1).max(255),
      nonce: hex32,
      time: epochMs,
      signature,
      capacity: z.number().int().min(1).max(100_000),
      region: z.string().max(64).optional(),
      hardware: z.string().max(200).optional(),
      software: z.string().max(100).optional(),
      energy: providerEnergySchema,
      offers: z.array(liveOfferSchema).max(200),
    }),
  },
  /** G->P. The hello is accepted. Welcome(gateway, provider, both nonces) signed by the gateway; `knownTickets` are this provider's attempts the gateway still waits for. */
  welcome: {
    type: 3,
    meta: z.object({
      provider: address,
      signature,
      gatewayFeePpm: z.number().int(),
      knownTickets: z.array(hex32).max(1000),
    }),
  },
  /** P->G, every heartbeatMs; carries live prices. */
  heartbeat: {
    type: 4,
    meta: z.object({
      time: epochMs,
      status: z.enum(['ready', 'draining']),
      inFlight: z.number().int().min(0),
      queued: z.number().int().min(0),
      capacity: z.number().int().min(1),
      offers: z.array(liveOfferSchema).max(200),
      energy: providerEnergySchema,
    }),
  },
  /** G->P. One attempt: the ticket, and the payload in the body (a prompt is its UTF-8 bytes). Salts are chosen by the gateway. */
  ticket: {
    type: 5,
    meta: z.object({
      id: hex32,
      ticket: ticketSchema,
      modelId: hex32,
      payer: address,
      key: address,
      inputSalt: hex16,
      params: jobParamsSchema,
      input: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('tensors'), tensors: frameTensors }),
        z.object({
          kind: z.literal('text'),
          /** The prompt's. */
          bytes: z.number().int().min(0),
          /** Of the body behind the prompt: `params.deliveredPrefix`, where the meta has no room for it. */
          deliveredBytes: z.number().int().min(0).optional(),
        }),
      ]),
      /** Payment units per metering unit this attempt is billed at; <= the offer's live price. */
      unitPrice: amountText,
      /** Epoch ms by which the output must be there. */
      deadlineMs: epochMs,
    }),
  },
  /** P->G. The attempt has left the queue. `inFlight`: queued and running now, fresher than the last heartbeat's. */
  started: {
    type: 6,
    meta: z.object({
      ticket: hex32,
      time: epochMs,
      inFlight: z.number().int().min(0).optional(),
    }),
  },
  /** P->G. Part of the output; `index` is dense from 0 within the ticket. */
  chunk: {
    type: 7,
    meta: z.object({
      ticket: hex32,
      index: z.number().int().min(0),
      text: z
        .string()
        .max(48 * 1024)
        .optional(),
      tensors: frameTensors.optional(),
      units: amountText,
    }),
  },
  /** P->G. The output is complete and this is the one receipt; sent again until acknowledged, byte for byte the same. */
  receipt: {
    type: 8,
    meta: z.object({
      ticket: hex32,
      receipt: receiptSchema,
      signature,
      fingerprint: z.array(z.number().int()).length(16),
      fingerprintSalt: hex16,
      chunks: z.number().int().min(0),
      energyJoules: z.number().nonnegative().optional(),
      /** How these joules were measured; they are the provider's own statement, and not signed. */
      energyMethod: providerEnergySchema.shape.method.optional(),
      /** The text ended early, so that this is here by the deadline. Not signed. */
      cutShort: z.boolean().optional(),
    }),
  },
  receiptAck: { type: 9, meta: z.object({ ticket: hex32 }) },
  /** P->G. Refusal(ticket, keccak256(code), time) signed by the receipt key: the attempt will not run, or stopped without a receipt. */
  refusal: {
    type: 10,
    meta: z.object({
      ticket: hex32,
      code: z.string().max(8),
      message: z.string().max(500),
      retryAfterMs: z.number().int().min(0).optional(),
      time: epochMs,
      signature,
      predictedMs: z.number().min(0).optional(),
    }),
  },
  /** G->P. Stop. With `partial` a text under way is paid for up to here, by an ordinary receipt; else nothing is. */
  cancel: {
    type: 11,
    meta: z.object({ ticket: hex32, reason: z.string().max(100), partial: z.boolean() }),
  },
  /** G->P. Money: the voucher and guarantee now in force for one offer. */
  payment: { type: 12, meta: paymentSchema },
  /** P->G. The payment with this cumulative is on the provider's disk. */
  paymentAck: {
    type: 13,
    meta: z.object({ sessionId: hex32, offerId: hex32, cumulative: amountText }),
  },
  /** P->G, after welcome: the highest payments held, so that a gateway that lost its memory rebuilds its ledger. */
  holdings: {
    type: 14,
    meta: z.object({ payments: z.array(paymentSchema).max(100), more: z.boolean() }),
  },
  /** Both ways, last frame. */
  goodbye: { type: 15, meta: z.object({ code: z.string().max(8), reason: z.string().max(300) }) },
} as const;

export type FrameName = keyof typeof FRAMES;
export type FrameMeta<N extends FrameName> = z.infer<(typeof FRAMES)[N]['meta']>;
export type Frame = {
  [N in FrameName]: { readonly name: N; readonly meta: FrameMeta<N>; readonly body: Uint8Array };
}[FrameName];

const nameOfType = new Map<number, FrameName>(
  Object.entries(FRAMES).map(([name, { type }]) => [type, name as FrameName]),
);
const HEADER_BYTES = 6;
const EMPTY = new Uint8Array(0);

/** Writes one frame. The meta is trusted (it is our own); the body is copied once. */
export function encodeFrame<N extends FrameName>(
  name: N,
  meta: z.input<(typeof FRAMES)[N]['meta']>,
  body: readonly Uint8Array[] = [],
): Buffer {
  const json = Buffer.from(JSON.stringify(meta), 'utf8');
  const header = Buffer.alloc(HEADER_BYTES);
  header[0] = LINK_VERSION;
  header[1] = FRAMES[name].type;
  header.writeUInt32LE(json.byteLength, 2);
  return Buffer.concat([header, json, ...body]);
}

const malformed = (reason: string, cause?: unknown): AssayError =>
  new AssayError('L700', { details: { reason }, cause });

/** Reads one frame from a socket. Throws L700 or L702 for anything else than a well-formed frame; never crashes. */
export function decodeFrame(bytes: Uint8Array): Frame {
  if (bytes.byteLength < HEADER_BYTES) throw malformed('shorter than its header');
  if (bytes.byteLength > LINK_LIMITS.frameBytes) throw malformed('longer than the limit');
  if (bytes[0] !== LINK_VERSION)
    throw new AssayError('L702', { details: { version: bytes[0], supported: LINK_VERSION } });
  const name = nameOfType.get(bytes[1] ?? 0);
  if (name === undefined) throw malformed(`unknown type ${bytes[1]}`);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const metaLength = buffer.readUInt32LE(2);
  if (metaLength > LINK_LIMITS.metaBytes || HEADER_BYTES + metaLength > buffer.byteLength)
    throw malformed('meta length out of bounds');
  const meta = parseMeta(name, buffer.subarray(HEADER_BYTES, HEADER_BYTES + metaLength));
  const body =
    buffer.byteLength === HEADER_BYTES + metaLength
      ? EMPTY
      : buffer.subarray(HEADER_BYTES + metaLength);
  return { name, meta, body } as Frame;
}

function parseMeta(name: FrameName, bytes: Buffer): unknown {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw malformed(`${name}: meta is not JSON`, cause);
  }
  const parsed = FRAMES[name].meta.safeParse(json);
  if (!parsed.success) throw malformed(`${name}: ${z.prettifyError(parsed.error).slice(0, 300)}`);
  return parsed.data;
}
