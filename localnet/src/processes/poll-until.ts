import { setTimeout as delay } from 'node:timers/promises';

/** Tries until it works or the signal says stop; each try gets its own time limit. */
export async function pollUntil(
  attempt: (signal: AbortSignal) => Promise<boolean>,
  signal: AbortSignal,
  everyMs = 50,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const answered = await attempt(AbortSignal.any([signal, AbortSignal.timeout(2_000)])).catch(
      () => false,
    );
    if (answered) return;
    await delay(everyMs, undefined, { signal });
  }
}
