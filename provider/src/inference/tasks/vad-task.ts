import { Tensor as OrtTensor } from 'onnxruntime-node';
import { checkPaid } from '../check-paid.ts';
import { guarded } from '../guarded.ts';
import { InferenceFault } from '../inference-fault.ts';
import { readWav } from '../media/read-wav.ts';
import { resample } from '../media/resample.ts';
import { numberParameter } from '../model-parameters.ts';
import type { Task, TaskContext, TaskJob, TaskOutcome } from '../task.ts';
import { findSpeech, type SpeechRules } from './find-speech.ts';

const CONTEXT = 64;
const STATE = 128;
const SAMPLE = -1;

interface Row {
  readonly seconds: number;
  readonly samples: Float32Array;
  readonly probabilities: Float32Array;
}

/**
 * WAV in (`audio`), speech segments out (`start`, `end` in seconds). Every row carries its own recurrent state, so
 * sounds of different lengths share a batch: a row leaves it when its windows are used up.
 */
export function createVadTask({ manifest, session }: TaskContext): Task {
  const rate = numberParameter(manifest, 'sampleRate', 16_000);
  const windowSize = numberParameter(manifest, 'window', 512);
  const maxSeconds = numberParameter(manifest, 'maxSeconds', 600);
  const rules: SpeechRules = {
    threshold: numberParameter(manifest, 'threshold', 0.5),
    windowSeconds: windowSize / rate,
    minSpeechSeconds: numberParameter(manifest, 'minSpeechSeconds', 0.25),
    minSilenceSeconds: numberParameter(manifest, 'minSilenceSeconds', 0.1),
    padSeconds: numberParameter(manifest, 'padSeconds', 0.03),
  };

  function prepare(job: TaskJob): Row {
    if (job.job === SAMPLE)
      return toRow(
        new Float32Array(job.params.maxTokens ?? 1).map((_, at) => Math.sin(at / 7) / 9),
      );
    const sound = readWav(job.tensors[0]?.data ?? new Uint8Array(), maxSeconds, (seconds) =>
      checkPaid(job, unitsOf(seconds)),
    );
    return toRow(resample(sound.samples, sound.sampleRate, rate));
  }

  function toRow(samples: Float32Array): Row {
    const windows = Math.ceil(samples.length / windowSize);
    return { samples, seconds: samples.length / rate, probabilities: new Float32Array(windows) };
  }

  async function detect(rows: readonly Row[], cancelled: () => boolean): Promise<void> {
    let states = rows.map(() => new Float32Array(2 * STATE));
    const longest = Math.max(0, ...rows.map((row) => row.probabilities.length));
    for (let step = 0; step < longest && !cancelled(); step++) {
      const active = rows.flatMap((row, index) => (step < row.probabilities.length ? [index] : []));
      states = await advance(rows, { active, states, step });
    }
  }

  async function advance(
    rows: readonly Row[],
    at: { active: number[]; states: Float32Array<ArrayBuffer>[]; step: number },
  ): Promise<Float32Array<ArrayBuffer>[]> {
    const { active, states, step } = at;
    const input = new Float32Array(active.length * (CONTEXT + windowSize));
    for (const [slot, index] of active.entries())
      fillWindow(rows[index], input, { slot, step, windowSize });
    const result = await session.run({
      input: new OrtTensor('float32', input, [active.length, CONTEXT + windowSize]),
      state: new OrtTensor('float32', packStates(active, states), [2, active.length, STATE]),
      sr: new OrtTensor('int64', BigInt64Array.of(BigInt(rate)), []),
    });
    const output = floats(result.output);
    const carried = floats(result.stateN);
    for (const [slot, index] of active.entries()) {
      rows[index]?.probabilities.set([output[slot] ?? 0], step);
      unpackState(carried, { slot, count: active.length }, states[index]);
    }
    return states;
  }

  return {
    async run(jobs) {
      const prepared = await Promise.all(jobs.map((job) => guarded(() => prepare(job))));
      const rows = prepared.filter((row): row is Row => !(row instanceof InferenceFault));
      await detect(rows, () => jobs.every((job) => job.cancelled()));
      return prepared.map((row) => (row instanceof InferenceFault ? row : outcome(row, rules)));
    },
    sample: (units) => ({
      job: SAMPLE,
      params: { maxTokens: units * rate },
      tensors: [],
      cancelled: () => false,
    }),
  };
}

function floats(tensor: OrtTensor | undefined): Float32Array {
  if (tensor?.data instanceof Float32Array) return tensor.data;
  throw new InferenceFault('M600', {
    details: { reason: 'the graph is not a voice activity detector with input, state and sr' },
  });
}

/** The window's samples behind the last 64 of the window before. */
function fillWindow(
  row: Row | undefined,
  input: Float32Array,
  at: { slot: number; step: number; windowSize: number },
): void {
  if (!row) return;
  const offset = at.slot * (CONTEXT + at.windowSize);
  const start = at.step * at.windowSize;
  const from = Math.max(0, start - CONTEXT);
  input.set(row.samples.subarray(from, start + at.windowSize), offset + CONTEXT - (start - from));
}

function packStates(active: readonly number[], states: readonly Float32Array[]): Float32Array {
  const packed = new Float32Array(2 * active.length * STATE);
  for (const [slot, index] of active.entries()) {
    const state = states[index] ?? new Float32Array(2 * STATE);
    packed.set(state.subarray(0, STATE), slot * STATE);
    packed.set(state.subarray(STATE), (active.length + slot) * STATE);
  }
  return packed;
}

function unpackState(
  carried: Float32Array,
  at: { slot: number; count: number },
  state: Float32Array | undefined,
): void {
  state?.set(carried.subarray(at.slot * STATE, (at.slot + 1) * STATE), 0);
  state?.set(
    carried.subarray((at.count + at.slot) * STATE, (at.count + at.slot + 1) * STATE),
    STATE,
  );
}

/** Seconds begun. */
const unitsOf = (seconds: number): number => Math.max(1, Math.ceil(seconds));

function outcome({ probabilities, seconds }: Row, rules: SpeechRules): TaskOutcome {
  const segments = findSpeech(probabilities, seconds, rules);
  const tensor = (name: string, values: readonly number[]) =>
    ({
      name,
      datatype: 'FP32',
      shape: [values.length],
      data: new Uint8Array(Float32Array.from(values).buffer),
    }) as const;
  return {
    text:
      segments.map(({ start, end }) => `${start.toFixed(2)} s to ${end.toFixed(2)} s`).join('\n') ||
      'no speech',
    units: unitsOf(seconds),
    outputs: [
      tensor(
        'start',
        segments.map((segment) => segment.start),
      ),
      tensor(
        'end',
        segments.map((segment) => segment.end),
      ),
    ],
    fingerprint: probabilities,
  };
}
