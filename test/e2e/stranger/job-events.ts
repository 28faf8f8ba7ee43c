import type { Network } from '@assay/wire';
import { followSse } from './follow-sse.ts';
import { followWs } from './follow-ws.ts';
import type { Bearer } from './submit-job.ts';
import { within } from './within.ts';

/** Longer than any job here takes between two events, even when a provider is lost. */
const SILENCE_MS = 20_000;

const JOB_EVENTS = `subscription ($jobId: ID!, $after: Int) {
  jobEvents(jobId: $jobId, after: $after) {
    __typename jobId seq at
    ... on JobAssigned { attempt providerId offerId maxPrice }
    ... on JobOutput { attempt text tensors { name datatype shape base64 } }
    ... on JobFailedOver { attempt fromProviderId code }
    ... on JobCompleted { units price latencyMs receipts { ticket signer price units signature } voucherDue { sessionId offerId cumulative } }
    ... on JobFailed { code message retryable price }
    ... on JobCancelled { price receipts { ticket units price } }
  }
}`;

export interface SeenEvent {
  readonly __typename: string;
  readonly jobId: string;
  readonly seq: number;
  // biome-ignore lint/suspicious/noExplicitAny: fields differ by __typename
  readonly [field: string]: any;
}

export type Transport = 'ws' | 'sse';

/** A job's events, until the terminal one or until the caller has seen enough. */
export async function* jobEvents(
  network: Network,
  { token }: Bearer,
  job: { id: string; after?: number; transport?: Transport },
): AsyncGenerator<SeenEvent> {
  const { id, after = 0, transport = 'ws' } = job;
  const request = { query: JOB_EVENTS, variables: { jobId: id, after } };
  const answers =
    transport === 'ws'
      ? followWs(network.graphqlWs, request, token)
      : followSse(network.graphql, request, token);
  let last = `job ${id}, nothing after ${after}`;
  try {
    for (;;) {
      const { value, done } = await within(
        answers.next(),
        SILENCE_MS,
        () => `${transport}, ${last}`,
      );
      if (done === true) return;
      if (value.errors) throw new Error(JSON.stringify(value.errors));
      last = JSON.stringify(value.data.jobEvents);
      yield value.data.jobEvents;
    }
  } finally {
    void answers.return(undefined);
  }
}

/** All events of a job; the stream ends by itself, with the terminal event. */
export async function allEvents(
  network: Network,
  bearer: Bearer,
  job: { id: string; after?: number; transport?: Transport },
): Promise<SeenEvent[]> {
  return Array.fromAsync(jobEvents(network, bearer, job));
}

export const textOf = (events: readonly SeenEvent[]) =>
  events
    .filter(({ __typename }) => __typename === 'JobOutput')
    .map(({ text }) => text ?? '')
    .join('');
