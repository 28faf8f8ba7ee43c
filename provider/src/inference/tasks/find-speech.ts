export interface SpeechRules {
  readonly threshold: number;
  readonly windowSeconds: number;
  readonly minSpeechSeconds: number;
  readonly minSilenceSeconds: number;
  readonly padSeconds: number;
}

export interface Segment {
  readonly start: number;
  readonly end: number;
}

/** How far below the threshold a window must fall to end a segment; keeps flicker from cutting words. */
const HYSTERESIS = 0.15;

/** Segments of speech in the windows' probabilities, padded, short ones dropped, near ones joined. */
export function findSpeech(
  probabilities: Float32Array,
  seconds: number,
  rules: SpeechRules,
): Segment[] {
  const raw = spans(probabilities, rules).filter(
    ({ start, end }) => end - start >= rules.minSpeechSeconds,
  );
  const padded = raw.map(({ start, end }) => ({
    start: Math.max(0, start - rules.padSeconds),
    end: Math.min(seconds, end + rules.padSeconds),
  }));
  return joined(padded);
}

function spans(probabilities: Float32Array, rules: SpeechRules): Segment[] {
  const found: Segment[] = [];
  let start: number | undefined;
  let quietSince: number | undefined;
  for (let window = 0; window <= probabilities.length; window++) {
    const at = window * rules.windowSeconds;
    const probability = probabilities[window];
    if (probability !== undefined && probability >= rules.threshold) {
      start ??= at;
      quietSince = undefined;
    } else if (
      start !== undefined &&
      (probability === undefined || probability < rules.threshold - HYSTERESIS)
    ) {
      quietSince ??= at;
      if (probability === undefined || at - quietSince >= rules.minSilenceSeconds) {
        found.push({ start, end: quietSince });
        start = undefined;
        quietSince = undefined;
      }
    }
  }
  return found;
}

function joined(segments: readonly Segment[]): Segment[] {
  const result: Segment[] = [];
  for (const segment of segments) {
    const last = result.at(-1);
    if (last && segment.start <= last.end)
      result[result.length - 1] = { start: last.start, end: segment.end };
    else result.push(segment);
  }
  return result;
}
