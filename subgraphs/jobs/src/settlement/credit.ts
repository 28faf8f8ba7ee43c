import { seconds } from '../domain/durations.ts';

/**
 * How far work may run ahead of a self-custody key's vouchers: 0.05 USD (6 decimals) over all offers of a session, or
 * 50 jobs. A provider keeps the same bound, so asking for more would only be refused there.
 */
export const CREDIT = { value: 50_000n, jobs: 50, dueMs: seconds(60) } as const;
