import {
  type Address,
  type Domain,
  deliveredTensors,
  digestOf,
  type FrameMeta,
  fingerprintHash,
  fromHex,
  type Hex,
  inputRoot,
  isSignedBy,
  type JobParams,
  outputRoot,
  type Receipt,
  type Tensor,
  type Ticket,
} from '@assay/wire';

export interface ReceiptFacts {
  readonly domain: Domain;
  readonly ticketId: Hex;
  readonly ticket: Ticket;
  readonly receiptKey: Address;
  readonly execClass: Hex;
  readonly unitPrice: bigint;
  readonly maxUnits: bigint;
  readonly inputSalt: Hex;
  readonly params: JobParams;
  readonly inputs: readonly Tensor[];
  readonly text: string;
  /** Delivered tensors with the bytes of their blobs. */
  readonly outputs: readonly Tensor[];
  readonly chunks: number;
}

export type ReceiptCheck =
  | { readonly receipt: Receipt; readonly digest: Hex }
  | { readonly fault: string };

/** Checks a receipt against what was asked and what was delivered. Anything that differs is a fault, and nothing is paid. */
export function verifyReceipt(meta: FrameMeta<'receipt'>, facts: ReceiptFacts): ReceiptCheck {
  const receipt = parseReceipt(meta);
  const digest = digestOf(facts.domain, 'Receipt', receipt);
  const fault = termsFault(meta, receipt, facts) ?? contentFault(meta, receipt, facts);
  if (fault !== undefined) return { fault };
  if (!isSignedBy(facts.receiptKey, digest, meta.signature))
    return { fault: 'not signed by the receipt key' };
  return { receipt, digest };
}

export function parseReceipt(meta: FrameMeta<'receipt'>): Receipt {
  const { units, price, startedAt, finishedAt, ...hashes } = meta.receipt;
  return {
    ...hashes,
    units: BigInt(units),
    price: BigInt(price),
    startedAt: BigInt(startedAt),
    finishedAt: BigInt(finishedAt),
  };
}

function termsFault(
  meta: FrameMeta<'receipt'>,
  receipt: Receipt,
  facts: ReceiptFacts,
): string | undefined {
  if (receipt.ticket !== facts.ticketId || meta.ticket !== facts.ticketId) return 'another ticket';
  if (receipt.execClass !== facts.execClass) return 'another execution class';
  if (receipt.units > facts.maxUnits) return `${receipt.units} units of at most ${facts.maxUnits}`;
  if (receipt.price > facts.ticket.maxPrice) return 'a price above the ticket’s';
  if (receipt.price > receipt.units * facts.unitPrice) return 'a price above units x unit price';
  if (receipt.finishedAt < receipt.startedAt) return 'it finishes before it starts';
  if (meta.chunks !== facts.chunks) return `${meta.chunks} chunks where ${facts.chunks} arrived`;
  return undefined;
}

function contentFault(
  meta: FrameMeta<'receipt'>,
  receipt: Receipt,
  facts: ReceiptFacts,
): string | undefined {
  const asked = inputRoot(fromHex(facts.inputSalt), facts.params, facts.inputs);
  if (receipt.inputRoot !== asked) return 'another input root';
  const delivered = outputRoot(deliveredTensors(facts.text, facts.outputs));
  if (receipt.outputRoot !== delivered) return 'another output root';
  if (meta.fingerprint.some((lane) => lane !== (lane | 0))) return 'a lane beyond 32 bits';
  const lanes = Int32Array.from(meta.fingerprint);
  if (fingerprintHash(lanes, fromHex(meta.fingerprintSalt)) !== receipt.fingerprintHash)
    return 'another fingerprint hash';
  return undefined;
}
