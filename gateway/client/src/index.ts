export { type Assay, connect } from './connect.ts';
export type { FollowOptions } from './follow-job.ts';
export type { Endpoints } from './graphql-link.ts';
export type { IntentRequest } from './intent.ts';
export type { JobInput } from './job-input.ts';
export type { NetworkFacts } from './network.ts';
export type { OpenSessionOptions } from './open-session.ts';
export type { Payer } from './payer.ts';
export type { Quote, QuoteRequest } from './quote.ts';
export { RemoteError } from './remote-error.ts';
export type {
  Balance,
  JobResult,
  SavedSession,
  Session,
  SubmitRequest,
  SubmittedJob,
} from './session.ts';
