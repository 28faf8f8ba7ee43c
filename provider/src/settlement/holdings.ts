import { encodeFrame, type FrameMeta, LINK_LIMITS } from '@assay/wire';
import type { HeldPayment } from './ledger.ts';

const PER_FRAME = 100;
const META_BYTES = LINK_LIMITS.metaBytes - 4096;

/** The highest payments held, in as many frames as they need; the digests of single receipts are left out. */
export function holdingsFrames(payments: readonly HeldPayment[]): Buffer[] {
  const batches: FrameMeta<'holdings'>['payments'][] = [[]];
  let bytes = 0;
  for (const held of payments) {
    const payment = toPayment(held);
    const size = JSON.stringify(payment).length + 1;
    const last = batches.at(-1) ?? [];
    if (last.length >= PER_FRAME || bytes + size > META_BYTES) {
      batches.push([payment]);
      bytes = size;
    } else {
      last.push(payment);
      bytes += size;
    }
  }
  return batches.map((batch, index) =>
    encodeFrame('holdings', { payments: batch, more: index < batches.length - 1 }),
  );
}

function toPayment(held: HeldPayment): FrameMeta<'payment'> {
  const { sessionId, offerId, cumulative, voucherSignature, guaranteeSignature, receipts } = held;
  return {
    sessionId,
    offerId,
    cumulative: cumulative.toString(),
    signature: voucherSignature,
    ...(guaranteeSignature && { guarantee: guaranteeSignature }),
    receipts,
    receiptDigests: [],
  };
}
