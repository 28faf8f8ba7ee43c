import {
  AssayError,
  type Hex,
  type Intent,
  isErrorCode,
  type JobEvent,
  type JobPayload,
} from '@assay/wire';
import type { Exchange } from '../exchange.ts';
import type { EdgeMarket } from './edge-market.ts';

export interface JobRequest {
  readonly intent: Intent;
  readonly payload: JobPayload;
}

/**
 * One job on behalf of one HTTP request. A client that hangs up cancels its job; a reader that has all it needs
 * just stops. Throws where the job fails or is refused.
 */
export async function* runJob(
  { jobs, log }: EdgeMarket,
  { intent, payload }: JobRequest,
  { context: { caller }, signal, request }: Exchange,
): AsyncGenerator<JobEvent, void> {
  const key = request.headers['idempotency-key'];
  const options = typeof key === 'string' ? { idempotencyKey: key.slice(0, 128) } : {};
  const events = jobs.submit(intent, payload, caller, options)[Symbol.asyncIterator]();
  let jobId: Hex | undefined;
  const hangUp = () => {
    if (jobId === undefined) return; // nothing to cancel yet; the loop below sees the signal
    jobs.cancel(jobId, caller).catch((err) => log.debug({ err, jobId }, 'job not cancelled'));
    void events.return?.();
  };
  signal.addEventListener('abort', hangUp, { once: true });
  try {
    for (let one = await events.next(); one.done !== true; one = await events.next()) {
      jobId = one.value.jobId;
      if (signal.aborted) return hangUp();
      if (one.value.kind === 'JobFailed') throw failureOf(one.value);
      yield one.value;
    }
  } finally {
    signal.removeEventListener('abort', hangUp);
    await events.return?.();
  }
}

function failureOf({ code, message, jobId }: JobEvent & { kind: 'JobFailed' }): AssayError {
  return new AssayError(isErrorCode(code) ? code : 'R204', { details: { jobId, reason: message } });
}
