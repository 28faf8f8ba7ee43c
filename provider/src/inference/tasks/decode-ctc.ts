export interface Reading {
  readonly text: string;
  /** Mean probability of the characters kept; 0 for an empty reading. */
  readonly confidence: number;
}

/** Greedy CTC: the best class per step, repeats merged, blanks (class 0) dropped. */
export function decodeCtc(probabilities: Float32Array, alphabet: readonly string[]): Reading {
  const classes = alphabet.length;
  let text = '';
  let kept = 0;
  let sum = 0;
  let previous = 0;
  for (let step = 0; (step + 1) * classes <= probabilities.length; step++) {
    const best = argmax(probabilities, step * classes, classes);
    if (best !== 0 && best !== previous) {
      text += alphabet[best] ?? '';
      sum += probabilities[step * classes + best] ?? 0;
      kept += 1;
    }
    previous = best;
  }
  return { text, confidence: kept === 0 ? 0 : sum / kept };
}

function argmax(values: Float32Array, start: number, length: number): number {
  let best = 0;
  for (let index = 1; index < length; index++) {
    if ((values[start + index] ?? 0) > (values[start + best] ?? 0)) best = index;
  }
  return best;
}
