import { backOffMs } from '../link/back-off.ts';

/** When to try again what failed, thing by thing. Kept in memory: after a restart everything is due. */
export interface RetryClock {
  isDue(id: string): boolean;
  /** It failed once more: due again later and later, but never later than `atMostMs` from now. */
  failed(id: string, atMostMs: number): void;
  forget(id: string): void;
}

export function createRetryClock(now: () => number = Date.now, random = Math.random): RetryClock {
  const tries = new Map<string, { failures: number; dueAt: number }>();
  return {
    isDue: (id) => now() >= (tries.get(id)?.dueAt ?? 0),
    failed(id, atMostMs) {
      const failures = (tries.get(id)?.failures ?? 0) + 1;
      const wait = Math.min(backOffMs(failures, random()), atMostMs);
      tries.set(id, { failures, dueAt: now() + wait });
    },
    forget: (id) => void tries.delete(id),
  };
}
