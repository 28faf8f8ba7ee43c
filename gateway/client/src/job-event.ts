import type { Address, Hex, JobEvent, OutputTensor, SignedReceipt, VoucherDue } from '@assay/wire';
import { fromBase64 } from './bytes.ts';

const RECEIPT = `{ ticket jobId attempt sessionId offerId execClass inputRoot outputRoot fingerprintHash
  units price startedAt finishedAt signer signature }`;

/** Every field of every job event; the stream to ask for. */
export const JOB_EVENTS = `subscription JobEvents($jobId: ID!, $after: Int!) {
  jobEvents(jobId: $jobId, after: $after) {
    __typename jobId seq at
    ... on JobAssigned { attempt providerId offerId maxPrice }
    ... on JobOutput { attempt text tensors { name datatype shape base64 blob } }
    ... on JobFailedOver { attempt fromProviderId code }
    ... on JobCompleted {
      units price latencyMs energyJoules cutShort nextBestPrice receipts ${RECEIPT}
      voucherDue { sessionId offerId cumulative dueBy }
    }
    ... on JobFailed { code message retryable price receipts ${RECEIPT} }
    ... on JobCancelled { price receipts ${RECEIPT} }
  }
}`;

type Raw = Readonly<Record<string, unknown>>;

/** A job event from its GraphQL form: amounts become bigint, times epoch milliseconds, base64 bytes. */
export function parseJobEvent(raw: Raw): JobEvent {
  const base = { jobId: raw.jobId as Hex, seq: raw.seq as number, at: time(raw.at) };
  const attempt = raw.attempt as number;
  const code = raw.code as string;
  switch (raw.__typename) {
    case 'JobQueued':
      return { ...base, kind: 'JobQueued' };
    case 'JobAssigned': {
      const [providerId, offerId] = [raw.providerId as Address, raw.offerId as Hex];
      const maxPrice = amount(raw.maxPrice);
      return { ...base, kind: 'JobAssigned', attempt, providerId, offerId, maxPrice };
    }
    case 'JobOutput': {
      const text = typeof raw.text === 'string' ? { text: raw.text } : {};
      const tensors = Array.isArray(raw.tensors) ? { tensors: raw.tensors.map(parseTensor) } : {};
      return { ...base, kind: 'JobOutput', attempt, ...text, ...tensors };
    }
    case 'JobFailedOver': {
      const fromProviderId = raw.fromProviderId as Address;
      return { ...base, kind: 'JobFailedOver', attempt, fromProviderId, code };
    }
    case 'JobCompleted':
      return { ...base, kind: 'JobCompleted', ...settledOf(raw), ...completionOf(raw) };
    case 'JobFailed': {
      const [message, retryable] = [raw.message as string, raw.retryable === true];
      return { ...base, kind: 'JobFailed', code, message, retryable, ...settledOf(raw) };
    }
    case 'JobCancelled':
      return { ...base, kind: 'JobCancelled', ...settledOf(raw) };
    default:
      throw new TypeError(`unknown job event ${String(raw.__typename)}: update the client`);
  }
}

const time = (value: unknown): number => Date.parse(value as string);
const amount = (value: unknown): bigint => BigInt(value as string);

function settledOf(raw: Raw) {
  return { price: amount(raw.price), receipts: (raw.receipts as Raw[]).map(parseReceipt) };
}

function completionOf(raw: Raw) {
  const { energyJoules, nextBestPrice } = raw;
  return {
    units: amount(raw.units),
    latencyMs: raw.latencyMs as number,
    voucherDue: (raw.voucherDue as Raw[]).map(parseVoucherDue),
    ...(typeof energyJoules === 'number' ? { energyJoules } : {}),
    ...(raw.cutShort === true ? { cutShort: true } : {}),
    ...(typeof nextBestPrice === 'string' ? { nextBestPrice: amount(nextBestPrice) } : {}),
  };
}

export function parseReceipt(raw: Raw): SignedReceipt {
  return {
    ...(raw as unknown as SignedReceipt),
    units: amount(raw.units),
    price: amount(raw.price),
    startedAt: amount(raw.startedAt),
    finishedAt: amount(raw.finishedAt),
  };
}

export function parseVoucherDue(raw: Raw): VoucherDue {
  const [sessionId, offerId] = [raw.sessionId as Hex, raw.offerId as Hex];
  return { sessionId, offerId, cumulative: amount(raw.cumulative), dueBy: time(raw.dueBy) };
}

function parseTensor(raw: Raw): OutputTensor {
  const { name, datatype, shape } = raw as unknown as OutputTensor;
  const header = { name, datatype, shape };
  return typeof raw.blob === 'string'
    ? { ...header, blob: raw.blob as Hex }
    : { ...header, data: fromBase64((raw.base64 as string | null) ?? '') };
}
