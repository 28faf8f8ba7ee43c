import type { Hex, JobEvent } from '@assay/wire';
import type { JobRecord } from './job-record.ts';

/** Where jobs and their events are kept. */
export interface JobStore {
  /** Stores events and the job after them, together. Rejects where one of the seqs exists already. */
  append(record: JobRecord, events: readonly JobEvent[]): Promise<void>;
  save(record: JobRecord): Promise<void>;
  find(jobId: Hex): Promise<JobRecord | undefined>;
  /** Events with a seq above `after`, oldest first. */
  events(jobId: Hex, after: number, limit: number): Promise<JobEvent[]>;
  saveRoute(jobId: Hex, json: string): Promise<void>;
  route(jobId: Hex): Promise<string | null>;
}
