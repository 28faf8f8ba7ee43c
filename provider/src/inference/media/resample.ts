/** Linear resampling; going down, each output sample is the mean of the input it spans, so little aliases. */
export function resample(samples: Float32Array, from: number, to: number): Float32Array {
  if (from === to) return samples;
  const ratio = from / to;
  const result = new Float32Array(Math.floor(samples.length / ratio));
  return ratio > 1 ? averaged(samples, result, ratio) : interpolated(samples, result, ratio);
}

function averaged(samples: Float32Array, result: Float32Array, ratio: number): Float32Array {
  for (let index = 0; index < result.length; index++) {
    const first = Math.floor(index * ratio);
    const last = Math.min(samples.length, Math.max(first + 1, Math.floor((index + 1) * ratio)));
    let sum = 0;
    for (let at = first; at < last; at++) sum += samples[at] ?? 0;
    result[index] = sum / (last - first);
  }
  return result;
}

function interpolated(samples: Float32Array, result: Float32Array, ratio: number): Float32Array {
  for (let index = 0; index < result.length; index++) {
    const position = index * ratio;
    const left = Math.floor(position);
    const before = samples[left] ?? 0;
    const after = samples[left + 1] ?? before;
    result[index] = before + (after - before) * (position - left);
  }
  return result;
}
