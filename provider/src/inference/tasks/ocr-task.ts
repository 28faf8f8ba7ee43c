import { Tensor as OrtTensor } from 'onnxruntime-node';
import { guarded } from '../guarded.ts';
import { InferenceFault } from '../inference-fault.ts';
import { readImage } from '../media/read-image.ts';
import { resizeImage } from '../media/resize-image.ts';
import { numberParameter, readRole } from '../model-parameters.ts';
import { packStrings } from '../string-tensor.ts';
import type { Task, TaskContext, TaskJob, TaskOutcome } from '../task.ts';
import { decodeCtc } from './decode-ctc.ts';

interface Line {
  readonly width: number;
  /** Planes in blue, green, red order, -1 to 1, as the network was trained. */
  readonly planes: Float32Array;
}

/** PNG of one line of text in (`image`), the text and its confidence out. */
export async function createOcrTask({ manifest, directory, session }: TaskContext): Promise<Task> {
  const height = numberParameter(manifest, 'imageHeight', 48);
  const minWidth = numberParameter(manifest, 'minWidth', 320);
  const maxWidth = numberParameter(manifest, 'maxWidth', 3_200);
  const maxPixels = numberParameter(manifest, 'maxPixels', 16_000_000);
  const alphabet = ['', ...(await readRole(manifest, directory, 'labels')).split(/\r?\n/), ' '];
  const input = session.inputs[0]?.name ?? 'x';
  const output = session.outputs[0]?.name ?? 'y';

  function prepare(job: TaskJob): Line {
    if (job.job === SAMPLE)
      return { width: minWidth, planes: new Float32Array(3 * height * minWidth).fill(0.25) };
    const image = readImage(job.tensors[0]?.data ?? new Uint8Array(), maxPixels);
    const width = Math.max(1, Math.ceil((image.width * height) / image.height));
    if (width > maxWidth) {
      throw new InferenceFault('P303', {
        details: {
          input: 'image',
          reason: 'the line of text is too long',
          aspect: image.width / image.height,
          limitAspect: maxWidth / height,
        },
        hint: 'Cut the line into shorter pieces.',
      });
    }
    return { width, planes: toPlanes(resizeImage(image, width, height).rgb) };
  }

  async function recognise(lines: readonly Line[]): Promise<TaskOutcome[]> {
    const width = Math.max(minWidth, ...lines.map((line) => line.width));
    const pixels = new Float32Array(lines.length * 3 * height * width);
    for (const [row, line] of lines.entries()) pad(line, pixels, { row, width, height });
    const results = await session.run({
      [input]: new OrtTensor('float32', pixels, [lines.length, 3, height, width]),
    });
    const probabilities = results[output];
    const [, steps = 0, classes = 0] = probabilities?.dims ?? [];
    if (classes !== alphabet.length || !(probabilities?.data instanceof Float32Array)) {
      throw new InferenceFault('M600', {
        details: { reason: 'the labels do not fit the graph', classes, labels: alphabet.length },
      });
    }
    const all = probabilities.data;
    return lines.map((_, row) =>
      outcome(all.subarray(row * steps * classes, (row + 1) * steps * classes), alphabet),
    );
  }

  return {
    async run(jobs) {
      const prepared = await Promise.all(jobs.map((job) => guarded(() => prepare(job))));
      const lines = prepared.filter((line): line is Line => !(line instanceof InferenceFault));
      const read = lines.length > 0 ? await recognise(lines) : [];
      const next = read.values();
      return prepared.map((line) =>
        line instanceof InferenceFault ? line : (next.next().value ?? new InferenceFault('P300')),
      );
    },
    sample: () => ({ job: SAMPLE, params: {}, tensors: [], cancelled: () => false }),
  };
}

const SAMPLE = -1;

function toPlanes(rgb: Uint8Array): Float32Array {
  const size = rgb.length / 3;
  const planes = new Float32Array(rgb.length);
  for (let pixel = 0; pixel < size; pixel++) {
    for (let plane = 0; plane < 3; plane++)
      planes[plane * size + pixel] = (rgb[pixel * 3 + 2 - plane] ?? 0) / 127.5 - 1;
  }
  return planes;
}

function pad(
  line: Line,
  pixels: Float32Array,
  at: { row: number; width: number; height: number },
): void {
  for (let scan = 0; scan < 3 * at.height; scan++) {
    const source = line.planes.subarray(scan * line.width, (scan + 1) * line.width);
    pixels.set(source, (at.row * 3 * at.height + scan) * at.width);
  }
}

function outcome(probabilities: Float32Array, alphabet: readonly string[]): TaskOutcome {
  const reading = decodeCtc(probabilities, alphabet);
  // A margin beside the line reads as a space.
  const text = reading.text.trim();
  return {
    text,
    units: 1,
    outputs: [
      { name: 'text', datatype: 'BYTES', shape: [1], data: packStrings([text]) },
      {
        name: 'confidence',
        datatype: 'FP32',
        shape: [1],
        data: new Uint8Array(Float32Array.of(reading.confidence).buffer),
      },
    ],
    fingerprint: probabilities,
  };
}
