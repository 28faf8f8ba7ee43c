import { AssayError, type Hex, isTerminal } from '@assay/wire';
import { advanceJob } from '../domain/advance-job.ts';
import type { JobStore } from '../domain/job-store.ts';
import { releaseHold } from '../settlement/charge-receipt.ts';
import type { Ledger } from '../settlement/ledger.ts';

const PAGE = 1_000;

/** Ends a job whose instance died: its hold is released and its followers see JobFailed. Doing it twice changes nothing. */
export async function endOrphan(
  jobId: Hex,
  { jobs, ledger, now }: { readonly jobs: JobStore; readonly ledger: Ledger; now: () => number },
): Promise<void> {
  const record = await jobs.find(jobId);
  if (record === undefined) return;
  await ledger.apply(record.sessionId, (account, changes) => releaseHold(account, changes, jobId));
  if (record.finishedAt !== undefined) return;
  const last = await lastEvent(jobId, jobs);
  if (last !== undefined && isTerminal(last)) return;
  const lost = new AssayError('R204');
  const event = {
    kind: 'JobFailed',
    jobId,
    seq: (last?.seq ?? 0) + 1,
    at: now(),
    code: lost.code,
    message: 'The gateway that ran this job stopped.',
    retryable: true,
    price: 0n,
    receipts: [],
  } as const;
  await jobs.append(advanceJob(record, event), [event]);
}

async function lastEvent(jobId: Hex, jobs: JobStore) {
  for (let after = 0; ; ) {
    const page = await jobs.events(jobId, after, PAGE);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return last;
    after = last.seq;
  }
}
