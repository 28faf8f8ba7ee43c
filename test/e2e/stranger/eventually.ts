import { setTimeout as delay } from 'node:timers/promises';

const EVERY_MS = 150;

/** Asks again until there is an answer; the test's own time limit is the patience. */
export async function eventually<T>(ask: () => Promise<T | undefined | null | false>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    await delay(EVERY_MS);
  }
}
