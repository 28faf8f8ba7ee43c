export interface Released {
  readonly text: string;
  readonly stopped: boolean;
}

/** Holds back text that may be the beginning of a stop sequence, and cuts at the first that is complete. */
export function createStopMatcher(stops: readonly string[]): {
  push(text: string): Released;
  flush(): string;
} {
  const sequences = stops.filter((stop) => stop.length > 0);
  let held = '';
  return {
    push(text) {
      held += text;
      const hits = sequences.map((stop) => held.indexOf(stop)).filter((index) => index >= 0);
      if (hits.length > 0) {
        const released = held.slice(0, Math.min(...hits));
        held = '';
        return { text: released, stopped: true };
      }
      const keep = Math.max(0, ...sequences.map((stop) => overlap(held, stop)));
      const released = held.slice(0, held.length - keep);
      held = held.slice(held.length - keep);
      return { text: released, stopped: false };
    },
    flush() {
      const rest = held;
      held = '';
      return rest;
    },
  };
}

/** Length of the longest end of `text` that begins `stop`. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length--) {
    if (text.endsWith(stop.slice(0, length))) return length;
  }
  return 0;
}
