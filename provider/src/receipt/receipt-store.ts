import type { Address, FrameMeta, Hex, Ticket } from '@assay/wire';
import type { NoteUnpaid, Tally } from '../settlement/tally.ts';
import { fromColumn, toColumn } from '../store/amount-column.ts';
import type { Journal, Row } from '../store/journal.ts';
import type { SignedStatement } from './sign-receipt.ts';

export interface StoredReceipt {
  readonly gateway: Address;
  readonly digest: Hex;
  readonly frame: FrameMeta<'receipt'>;
  readonly acked: boolean;
}

export interface ReceiptOwner {
  readonly gateway: Address;
  readonly modelId: Hex;
  readonly ticket: Ticket;
}

/** Receipts on the disk: at most one per ticket, ever. */
export interface ReceiptStore {
  find(ticket: Hex): StoredReceipt | undefined;
  /**
   * Stores a receipt and resolves with the one on the disk, which is another if the ticket already had one. Only what
   * this resolves with may be sent. `alongside` is written with a new receipt, or neither is.
   */
  keep(
    statement: SignedStatement,
    owner: ReceiptOwner,
    alongside?: () => void,
  ): Promise<StoredReceipt>;
  /** Without effect for the receipt of another gateway. */
  acknowledge(ticket: Hex, gateway: Address): Promise<void>;
  /** Receipts a gateway has not acknowledged, oldest first. */
  unacknowledged(gateway: Address, limit: number): StoredReceipt[];
}

const FIND = 'SELECT gateway, digest, frame, acked FROM receipts WHERE ticket = ?';
const INSERT = `INSERT INTO receipts (ticket, digest, gateway, session_id, offer_id, job_id, model_id, frame, units, price, created_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const EARN = `INSERT INTO earned (session_id, offer_id, amount, jobs) VALUES (?, ?, ?, 1)
  ON CONFLICT DO UPDATE SET amount = ?, jobs = jobs + 1`;
const EARNED = 'SELECT amount FROM earned WHERE session_id = ? AND offer_id = ?';
const ACK = 'UPDATE receipts SET acked = 1 WHERE ticket = ? AND gateway = ?';
const UNACKED =
  'SELECT gateway, digest, frame, acked FROM receipts WHERE gateway = ? AND acked = 0 ORDER BY created_at LIMIT ?';

const toStored = (row: Row): StoredReceipt => ({
  gateway: row.gateway as Address,
  digest: row.digest as Hex,
  frame: JSON.parse(String(row.frame)) as FrameMeta<'receipt'>,
  acked: row.acked === 1n,
});

export function createReceiptStore(journal: Journal, tally: Tally): ReceiptStore {
  /** Committed but perhaps not on the disk yet: nobody outside may see these. */
  const settling = new Set<Hex>();

  const find = (ticket: Hex): StoredReceipt | undefined => {
    const row = journal.sql(FIND).get(ticket) as Row | undefined;
    return row && toStored(row);
  };

  function insert(
    { digest, receipt, frame }: SignedStatement,
    owner: ReceiptOwner,
    note: NoteUnpaid,
  ): StoredReceipt {
    const createdAt = Date.now();
    const { sessionId, offerId, jobId } = owner.ticket;
    journal
      .sql(INSERT)
      .run(
        receipt.ticket,
        digest,
        owner.gateway,
        sessionId,
        offerId,
        jobId,
        owner.modelId,
        JSON.stringify(frame),
        receipt.units.toString(),
        toColumn(receipt.price),
        BigInt(createdAt),
      );
    const before = journal.sql(EARNED).get(sessionId, offerId)?.amount ?? 0;
    const after = toColumn(fromColumn(before) + receipt.price);
    journal.sql(EARN).run(sessionId, offerId, after, after);
    note({ gateway: owner.gateway, createdAt, value: receipt.price });
    return { gateway: owner.gateway, digest, frame, acked: false };
  }

  return {
    find: (ticket) => (settling.has(ticket) ? undefined : find(ticket)),
    async keep(statement, owner, alongside) {
      const { ticket } = statement.receipt;
      settling.add(ticket);
      try {
        return await tally.change(owner.ticket.sessionId, (note) => {
          const known = find(ticket);
          if (known) return known;
          alongside?.();
          return insert(statement, owner, note);
        });
      } finally {
        settling.delete(ticket);
      }
    },
    async acknowledge(ticket, gateway) {
      // Lost, it only means that the receipt is sent once more.
      await journal.note(() => journal.sql(ACK).run(ticket, gateway));
    },
    unacknowledged: (gateway, limit) =>
      (journal.sql(UNACKED).all(gateway, limit) as Row[])
        .map(toStored)
        .filter(({ frame }) => !settling.has(frame.ticket)),
  };
}
