import {
  digestOf,
  type FrameTensor,
  type Hex,
  type JobParams,
  randomHex,
  type Tensor,
  type Ticket,
} from '@assay/wire';
import { lesserAmount } from '../domain/lesser-amount.ts';
import type { ProviderConnection, TicketMeta } from '../domain/provider-connection.ts';
import type { Candidate } from '../routing/candidate.ts';
import { type Attempt, createAttempt } from './attempt.ts';
import type { DispatchDeps } from './dispatcher.ts';
import { maxTokensOf, type RunningJob } from './running-job.ts';

/** Inputs up to this size in all travel in the ticket's frame; larger ones are blobs the provider fetches. */
const MAX_TICKET_BYTES = 2 * 1024 * 1024;
const MAX_WAITING = 1024;

export interface OpenedAttempt {
  readonly attempt: Attempt;
  readonly inputSalt: Hex;
  readonly params: JobParams;
}

/** Sends one ticket. Undefined: the provider is gone or its link is full. */
export async function openAttempt(
  job: RunningJob,
  { candidate, number }: { readonly candidate: Candidate; readonly number: number },
  deps: DispatchDeps,
): Promise<OpenedAttempt | undefined> {
  const connection = deps.connection(candidate.row.provider);
  if (connection === undefined) return undefined;
  const ticket = ticketOf(job, candidate, number);
  const id = digestOf(deps.domain, 'Ticket', ticket);
  const inputSalt = randomHex(16);
  const params = paramsOf(job);
  const { input, body } = await inputOf(job, deps);
  const { unitPrice } = candidate;
  const attempt = createAttempt({
    id,
    ticket,
    connection,
    unitPrice,
    maxTokens: maxTokensOf(job),
    now: deps.now,
    graceMs: deps.graceMs,
    onOutput: (output) => {
      forward(job, number, output);
      holdBack(job, attempt.connection);
    },
  });
  deps.attempts.set(id, attempt);
  const meta: TicketMeta = {
    id,
    ticket: { ...ticket, maxPrice: `${ticket.maxPrice}`, deadline: `${ticket.deadline}` },
    modelId: job.model.id,
    payer: job.payer,
    key: job.key,
    inputSalt,
    params: params as TicketMeta['params'],
    input,
    unitPrice: `${unitPrice}`,
    deadlineMs: job.deadline,
  };
  if (!connection.sendTicket(meta, body)) {
    deps.attempts.delete(id);
    return undefined;
  }
  const { offerId, maxPrice } = ticket;
  const providerId = connection.provider;
  job.log.emit({ kind: 'JobAssigned', attempt: number, providerId, offerId, maxPrice });
  limitTime(job, attempt, deps);
  return { attempt, inputSalt, params };
}

function ticketOf(job: RunningJob, candidate: Candidate, attempt: number): Ticket {
  const most = candidate.unitPrice * job.maxUnits;
  const left = job.budget - job.charged;
  return {
    jobId: job.id,
    attempt,
    sessionId: job.sessionId,
    offerId: candidate.offerId,
    maxPrice: lesserAmount(most, left),
    deadline: BigInt(Math.ceil(job.deadline / 1000)),
  };
}

/** Decoding goes on after what the client has: nothing is lost, nothing is said twice. */
function paramsOf(job: RunningJob): JobParams {
  if (job.deliveredText === '') return job.payload.params;
  return { ...job.payload.params, deliveredPrefix: job.deliveredText.toWellFormed() };
}

async function inputOf(
  job: RunningJob,
  deps: DispatchDeps,
): Promise<{ input: TicketMeta['input']; body: Uint8Array[] }> {
  if (job.payload.kind === 'text') {
    const prompt = Buffer.from(job.payload.prompt, 'utf8');
    return { input: { kind: 'text', bytes: prompt.byteLength }, body: [prompt] };
  }
  const { tensors } = job.payload;
  const total = tensors.reduce((sum, tensor) => sum + tensor.data.byteLength, 0);
  if (total > MAX_TICKET_BYTES) {
    const blobs = await Promise.all(tensors.map((tensor) => asBlob(tensor, deps)));
    return { input: { kind: 'tensors', tensors: blobs }, body: [] };
  }
  const inline = tensors.map((tensor): FrameTensor => {
    const { name, datatype, shape, data } = tensor;
    return { name, datatype, shape: [...shape], bytes: data.byteLength };
  });
  return { input: { kind: 'tensors', tensors: inline }, body: tensors.map(({ data }) => data) };
}

async function asBlob(tensor: Tensor, { blobs }: DispatchDeps): Promise<FrameTensor> {
  const { name, datatype, shape, data } = tensor;
  const { sha256 } = await blobs.add(data);
  return { name, datatype, shape: [...shape], blob: sha256 };
}

/**
 * Passes output on, except tensor chunks that an earlier attempt delivered already. A cancelled job's too: what comes
 * until its receipt is paid.
 */
function forward(
  job: RunningJob,
  attempt: number,
  { index, text, tensors }: Parameters<Parameters<typeof createAttempt>[0]['onOutput']>[0],
): void {
  if (text !== undefined && tensors === undefined) {
    if (text === '') return;
    job.deliveredText += text;
    job.log.emit({ kind: 'JobOutput', attempt, text });
    return;
  }
  if (tensors === undefined || index < job.deliveredChunks) return;
  job.deliveredChunks = index + 1;
  if (text !== undefined) job.deliveredText += text;
  job.log.emit({
    kind: 'JobOutput',
    attempt,
    ...(text === undefined ? {} : { text }),
    tensors,
  });
}

/** A provider that produces faster than events are stored is not read for a moment. */
function holdBack({ log }: RunningJob, connection: ProviderConnection): void {
  if (log.waiting < MAX_WAITING) return;
  connection.pause();
  void log.flushed().then(() => connection.resume());
}

function limitTime(job: RunningJob, attempt: Attempt, { now }: DispatchDeps): void {
  const late = () => {
    attempt.link.cancel('past its deadline', false);
    attempt.finish({ kind: 'failed', code: 'P304', outcome: 'timeout' });
  };
  const timer = setTimeout(late, Math.max(1, job.deadline - now()));
  const { maxTtftMs } = job.intent.must;
  const first =
    maxTtftMs === undefined
      ? undefined
      : setTimeout(() => attempt.firstOutputAt === undefined && late(), maxTtftMs);
  void attempt.end.then(() => {
    clearTimeout(timer);
    clearTimeout(first);
  });
}
