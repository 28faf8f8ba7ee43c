import type {
  Hex,
  JobEvent,
  JobStatus,
  OutputTensor,
  SignedReceipt,
  VoucherDue,
} from '@assay/wire';
import { SigningKey } from 'ethers';
import { type FollowOptions, followJob } from './follow-job.ts';
import { createGraphqlLink, type Endpoints, type GraphqlLink } from './graphql-link.ts';
import { encodeIntent, type IntentRequest } from './intent.ts';
import { parseReceipt, parseVoucherDue } from './job-event.ts';
import { encodeInput, type JobInput } from './job-input.ts';
import type { NetworkFacts } from './network.ts';
import type { Payer } from './payer.ts';
import { RemoteError } from './remote-error.ts';
import { digestOf, fieldsOf } from './typed-data.ts';
import { createVoucherBook, type VoucherBook, type VoucherBookState } from './voucher-book.ts';

/** All it takes to go on with a session in another process. Whoever holds it can spend the session: keep it secret. */
export interface SavedSession {
  readonly sessionId: Hex;
  readonly token: Hex;
  /** Absent for a hosted session. */
  readonly sessionKey?: Hex;
  readonly vouchers?: VoucherBookState;
}

export interface SubmitRequest extends IntentRequest {
  readonly input: JobInput;
  /** Holds the job to a quote's price. */
  readonly quoteId?: string;
  /** The same key returns the same job, however often it is sent. */
  readonly idempotencyKey?: string;
}

export interface SubmittedJob {
  readonly id: Hex;
  readonly status: JobStatus;
}

export interface JobResult {
  readonly jobId: Hex;
  readonly text: string;
  readonly tensors: readonly OutputTensor[];
  readonly price: bigint;
  readonly units: bigint;
  readonly receipts: readonly SignedReceipt[];
}

export interface Balance {
  readonly status: string;
  readonly deposit: bigint;
  readonly spent: bigint;
  readonly held: bigint;
  readonly free: bigint;
  readonly owed: readonly VoucherDue[];
}

/** A prepaid balance and the key that spends it. */
export interface Session {
  readonly id: Hex;
  /** The bearer token, for any HTTP client: `Authorization: Bearer <token>`. */
  readonly token: Hex;
  submit(request: SubmitRequest): Promise<SubmittedJob>;
  /** Every event once, in order, across cuts. Vouchers that are due are signed on the way. */
  follow(jobId: Hex, options?: FollowOptions): AsyncGenerator<JobEvent, void>;
  /** Submits, follows and gathers. Throws a RemoteError where the job fails. */
  run(request: SubmitRequest, options?: FollowOptions): Promise<JobResult>;
  cancel(jobId: Hex): Promise<void>;
  balance(): Promise<Balance>;
  /** Signs every voucher that is owed and covered by receipts. */
  settle(): Promise<void>;
  /** Settles, then ends the session for good; the rest returns to the payer after the withdraw delay. */
  close(payer?: Payer): Promise<void>;
  save(): SavedSession;
  /** Closes connections; the session stays open. */
  disconnect(): Promise<void>;
}

const SUBMIT = `mutation Submit($intent: IntentInput!, $input: JobInput!, $quoteId: ID, $idempotencyKey: ID) {
  submitJob(intent: $intent, input: $input, quoteId: $quoteId, idempotencyKey: $idempotencyKey) { id status }
}`;
const VOUCHERS = `mutation Pay($vouchers: [VoucherInput!]!) { submitVouchers(vouchers: $vouchers) { offerId } }`;
const BALANCE = `query Balance($id: ID!) { session(id: $id) {
  status deposit spent held free owed { sessionId offerId cumulative dueBy }
} }`;
const RECEIPTS = `query Receipts($id: ID!) { job(id: $id) { receipts {
  ticket jobId attempt sessionId offerId execClass inputRoot outputRoot fingerprintHash
  units price startedAt finishedAt signer signature
} } }`;
const CANCEL = `mutation Cancel($id: ID!) { cancelJob(id: $id) { id } }`;
const CLOSE = `mutation Close($id: ID!, $signature: Hex!) { closeSession(id: $id, signature: $signature) { id } }`;

export function attachSession(
  endpoints: Endpoints,
  network: NetworkFacts,
  saved: SavedSession,
): Session {
  return new AttachedSession(createGraphqlLink(endpoints, saved.token), network, saved, endpoints);
}

class AttachedSession implements Session {
  readonly id: Hex;
  readonly token: Hex;
  private readonly link: GraphqlLink;
  private readonly network: NetworkFacts;
  private readonly sessionKey: Hex | undefined;
  private readonly book: VoucherBook;
  private readonly blobsUrl: string;
  /** Jobs whose receipts the book has not seen. */
  private readonly unsettled = new Set<Hex>();
  private paying: Promise<void> = Promise.resolve();

  constructor(link: GraphqlLink, network: NetworkFacts, saved: SavedSession, endpoints: Endpoints) {
    this.id = saved.sessionId;
    this.token = saved.token;
    this.link = link;
    this.network = network;
    this.sessionKey = saved.sessionKey;
    this.book = createVoucherBook(saved.sessionId, saved.vouchers);
    this.blobsUrl = new URL('/v2/blobs', endpoints.graphql).href;
  }

  async submit(request: SubmitRequest): Promise<SubmittedJob> {
    const { input, quoteId, idempotencyKey, ...intent } = request;
    const { submitJob } = await this.link.ask<{ submitJob: SubmittedJob }>(SUBMIT, {
      intent: encodeIntent(intent),
      input: await encodeInput(input, this.blobsUrl),
      quoteId,
      idempotencyKey,
    });
    this.unsettled.add(submitJob.id);
    return submitJob;
  }

  async *follow(jobId: Hex, options: FollowOptions = {}): AsyncGenerator<JobEvent, void> {
    for await (const event of followJob(this.link, jobId, options)) {
      this.book.note(event);
      if ('receipts' in event) this.unsettled.delete(jobId);
      if (event.kind === 'JobCompleted') this.pay(event.voucherDue);
      yield event;
    }
  }

  async run(request: SubmitRequest, options: FollowOptions = {}): Promise<JobResult> {
    const { id } = await this.submit(request);
    const tensors: OutputTensor[] = [];
    let text = '';
    for await (const event of this.follow(id, options)) {
      if (event.kind === 'JobOutput') {
        text += event.text ?? '';
        tensors.push(...(event.tensors ?? []));
      } else if (event.kind === 'JobCompleted') {
        const { price, units, receipts } = event;
        return { jobId: id, text, tensors, price, units, receipts };
      } else if (event.kind === 'JobFailed') {
        const { code, message, retryable } = event;
        throw new RemoteError({ message, extensions: { assayCode: code, retryable } });
      }
    }
    throw new RemoteError({ message: 'The job was cancelled.', extensions: { code: 'CANCELLED' } });
  }

  async cancel(jobId: Hex): Promise<void> {
    await this.link.ask(CANCEL, { id: jobId });
  }

  async balance(): Promise<Balance> {
    const { session } = await this.link.ask<{ session: RawBalance | null }>(BALANCE, {
      id: this.id,
    });
    if (session === null)
      throw new RemoteError({ message: 'No such session.', extensions: { assayCode: 'S404' } });
    const { status, deposit, spent, held, free, owed } = session;
    return {
      status,
      deposit: BigInt(deposit),
      spent: BigInt(spent),
      held: BigInt(held),
      free: BigInt(free),
      owed: owed.map(parseVoucherDue),
    };
  }

  async settle(): Promise<void> {
    await this.paying;
    if (this.sessionKey === undefined) return;
    for (const id of this.unsettled) {
      const { job } = await this.link.ask<{ job: { receipts: Record<string, unknown>[] } | null }>(
        RECEIPTS,
        { id },
      );
      this.book.noteReceipts((job?.receipts ?? []).map(parseReceipt));
    }
    this.pay((await this.balance()).owed);
    await this.paying;
  }

  async close(payer?: Payer): Promise<void> {
    await this.settle();
    const message = { sessionId: this.id };
    const signature =
      this.sessionKey !== undefined
        ? signDigest(this.sessionKey, digestOf(this.network.escrow, 'Close', message))
        : await payer?.signTypedData(this.network.escrow, fieldsOf('Close'), message);
    if (signature === undefined) {
      throw new TypeError('a hosted session is closed by its payer: pass the payer to close()');
    }
    await this.link.ask(CLOSE, { id: this.id, signature });
    await this.disconnect();
  }

  save(): SavedSession {
    const { id: sessionId, token, sessionKey } = this;
    const vouchers = this.book.toJSON();
    return sessionKey === undefined
      ? { sessionId, token }
      : { sessionId, token, sessionKey, vouchers };
  }

  disconnect(): Promise<void> {
    return this.link.close();
  }

  /** Signs and sends in the background, one batch after another; what fails is owed still and `settle` tries again. */
  private pay(due: readonly VoucherDue[]): void {
    const { sessionKey } = this;
    const vouchers = sessionKey === undefined ? [] : this.book.signable(due);
    if (sessionKey === undefined || vouchers.length === 0) return;
    const signed = vouchers.map(({ sessionId, offerId, cumulative }) => {
      const digest = digestOf(this.network.escrow, 'Voucher', { sessionId, offerId, cumulative });
      const signature = signDigest(sessionKey, digest);
      return { sessionId, offerId, cumulative: cumulative.toString(), signature };
    });
    this.paying = this.paying
      .then(() => this.link.ask(VOUCHERS, { vouchers: signed }))
      .then(
        () => vouchers.forEach((voucher) => void this.book.markSigned(voucher)),
        () => undefined,
      );
  }
}

interface RawBalance {
  readonly status: string;
  readonly deposit: string;
  readonly spent: string;
  readonly held: string;
  readonly free: string;
  readonly owed: readonly Record<string, unknown>[];
}

function signDigest(key: Hex, digest: Hex): Hex {
  return new SigningKey(key).sign(digest).serialized as Hex;
}
