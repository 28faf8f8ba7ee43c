import type { Hex, JobEvent, SignedReceipt, VoucherDue } from '@assay/wire';

/** What a self-custody key may sign: never more per offer than the receipts this client has seen. */
export interface VoucherBook {
  /** Notes the receipts of an event. */
  note(event: JobEvent): void;
  /** Notes receipts read in another way. */
  noteReceipts(receipts: readonly SignedReceipt[]): void;
  /** Of the vouchers asked for, the ones that are covered and not yet signed. */
  signable(due: readonly VoucherDue[]): VoucherDue[];
  markSigned(voucher: Pick<VoucherDue, 'offerId' | 'cumulative'>): void;
  toJSON(): VoucherBookState;
}

export interface VoucherBookState {
  readonly tickets: readonly Hex[];
  /** Per offer: what receipts add up to, and what was signed. Decimal text. */
  readonly offers: Readonly<Record<Hex, { readonly received: string; readonly signed: string }>>;
}

interface Account {
  received: bigint;
  signed: bigint;
}

export function createVoucherBook(sessionId: Hex, state?: VoucherBookState): VoucherBook {
  const tickets = new Set<Hex>(state?.tickets);
  const accounts = new Map<Hex, Account>(
    Object.entries(state?.offers ?? {}).map(([offerId, { received, signed }]) => [
      offerId as Hex,
      { received: BigInt(received), signed: BigInt(signed) },
    ]),
  );
  const accountOf = (offerId: Hex): Account => {
    const account = accounts.get(offerId) ?? { received: 0n, signed: 0n };
    accounts.set(offerId, account);
    return account;
  };
  const noteReceipts = (receipts: readonly SignedReceipt[]) => {
    for (const receipt of receipts) {
      if (receipt.sessionId !== sessionId || tickets.has(receipt.ticket)) continue;
      tickets.add(receipt.ticket);
      accountOf(receipt.offerId).received += receipt.price;
    }
  };
  return {
    noteReceipts,
    note(event) {
      if ('receipts' in event) noteReceipts(event.receipts);
    },
    signable: (due) =>
      due.filter(({ sessionId: session, offerId, cumulative }) => {
        const { received, signed } = accountOf(offerId);
        return session === sessionId && cumulative > signed && cumulative <= received;
      }),
    markSigned({ offerId, cumulative }) {
      const account = accountOf(offerId);
      if (cumulative > account.signed) account.signed = cumulative;
    },
    toJSON: () => ({
      tickets: [...tickets],
      offers: Object.fromEntries(
        [...accounts].map(([offerId, { received, signed }]) => [
          offerId,
          { received: received.toString(), signed: signed.toString() },
        ]),
      ),
    }),
  };
}
