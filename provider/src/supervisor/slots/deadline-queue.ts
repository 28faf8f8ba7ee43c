import type { SlotJob } from './slot-job.ts';

/** Earliest deadline first; equal deadlines in order of arrival. */
export interface DeadlineQueue {
  readonly length: number;
  add(job: SlotJob): void;
  remove(job: SlotJob): boolean;
  /** Takes the most urgent job and, with it, jobs that may share its run, up to `maxRows` rows. */
  takeBatch(maxRows: number): SlotJob[];
  drain(): SlotJob[];
  readonly jobs: readonly SlotJob[];
  nextDeadline(): number;
}

export function createDeadlineQueue(): DeadlineQueue {
  let jobs: SlotJob[] = [];
  return {
    get length() {
      return jobs.length;
    },
    add(job) {
      const at = jobs.findIndex((other) => other.options.deadline > job.options.deadline);
      jobs.splice(at < 0 ? jobs.length : at, 0, job);
    },
    remove(job) {
      const at = jobs.indexOf(job);
      if (at >= 0) jobs.splice(at, 1);
      return at >= 0;
    },
    takeBatch(maxRows) {
      const first = jobs.shift();
      if (!first) return [];
      const batch = [first];
      if (!first.shape || first.alone) return batch;
      let rows = first.shape.rows;
      const left: SlotJob[] = [];
      for (const job of jobs) {
        const fits =
          !job.alone && job.shape?.key === first.shape.key && rows + job.shape.rows <= maxRows;
        if (fits) rows += job.shape?.rows ?? 0;
        (fits ? batch : left).push(job);
      }
      jobs = left;
      return batch;
    },
    drain: () => jobs.splice(0),
    nextDeadline: () => jobs[0]?.options.deadline ?? Number.POSITIVE_INFINITY,
    get jobs() {
      return jobs;
    },
  };
}
