import { graphqlEnum } from '@assay/kit';
import { JOB_STATUSES, type Optimise, type Verification } from '@assay/wire';
import { SESSION_STATUSES } from '../settlement/session-account.ts';

export const OptimiseEnum = graphqlEnum<Optimise>('Optimise', [
  'CHEAP',
  'BALANCED',
  'FAST',
  'GREEN',
]);
export const VerificationEnum = graphqlEnum<Verification>('Verification', ['SAMPLED', 'EVERY']);
export const SessionStatusEnum = graphqlEnum('SessionStatus', SESSION_STATUSES);
export const JobStatusEnum = graphqlEnum('JobStatus', JOB_STATUSES);
export const LineKindEnum = graphqlEnum('LineKind', [
  'DEPOSIT',
  'TOP_UP',
  'JOB',
  'REFUND',
  'WITHDRAWAL',
]);
