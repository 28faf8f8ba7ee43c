/** Attempts that may follow failed ones: a tenth of the jobs, with a reserve for a provider that dies with many jobs. */
export interface RetryBudget {
  /** A job began. */
  earn(): void;
  /** Takes one retry; false where too many jobs are being repeated already. */
  take(): boolean;
}

const SHARE = 0.1;
const RESERVE = 200;

export function createRetryBudget(): RetryBudget {
  let left = RESERVE;
  return {
    earn() {
      left = Math.min(RESERVE, left + SHARE);
    },
    take() {
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
