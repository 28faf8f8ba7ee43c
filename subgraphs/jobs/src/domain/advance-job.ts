import { AssayError, type JobEvent, type JobStatus, NEXT_JOB_STATUS } from '@assay/wire';
import type { JobRecord } from './job-record.ts';

const STATUS_AFTER: Readonly<Record<JobEvent['kind'], JobStatus>> = {
  JobQueued: 'QUEUED',
  JobAssigned: 'ASSIGNED',
  JobOutput: 'RUNNING',
  JobFailedOver: 'QUEUED',
  JobCompleted: 'COMPLETED',
  JobFailed: 'FAILED',
  JobCancelled: 'CANCELLED',
};

/** The job after an event. Throws G800 for an event that the table of statuses does not allow. */
export function advanceJob(job: JobRecord, event: JobEvent): JobRecord {
  const status = STATUS_AFTER[event.kind];
  if (status !== job.status && !NEXT_JOB_STATUS[job.status].includes(status))
    throw new AssayError('G800', {
      details: { jobId: job.id, from: job.status, to: status, event: event.kind },
    });
  switch (event.kind) {
    case 'JobAssigned':
      return { ...job, status, attempts: event.attempt, provider: event.providerId };
    case 'JobCompleted': {
      const { units, price, latencyMs, receipts, at } = event;
      return { ...job, status, finishedAt: at, units, price, latencyMs, receipts };
    }
    case 'JobFailed':
    case 'JobCancelled':
      return { ...job, status, finishedAt: event.at, price: event.price, receipts: event.receipts };
    default:
      return { ...job, status };
  }
}
