import { Tensor as OrtTensor } from 'onnxruntime-node';
import { guarded } from '../guarded.ts';
import { InferenceFault } from '../inference-fault.ts';
import { type Image, readImage } from '../media/read-image.ts';
import { resizeImage } from '../media/resize-image.ts';
import { numberParameter, readRole } from '../model-parameters.ts';
import { packStrings } from '../string-tensor.ts';
import type { Task, TaskContext, TaskJob, TaskOutcome } from '../task.ts';

const SAMPLE = -1;

/** PNG in (`image`), the best label and every label's probability out. */
export async function createImageTask({
  manifest,
  directory,
  session,
}: TaskContext): Promise<Task> {
  const width = numberParameter(manifest, 'imageWidth', 224);
  const height = numberParameter(manifest, 'imageHeight', 224);
  const maxPixels = numberParameter(manifest, 'maxPixels', 16_000_000);
  const mean = ['Red', 'Green', 'Blue'].map((colour) =>
    numberParameter(manifest, `mean${colour}`, 0.5),
  );
  const deviation = ['Red', 'Green', 'Blue'].map((colour) =>
    numberParameter(manifest, `deviation${colour}`, 0.5),
  );
  const order = manifest.parameters.colours === 'bgr' ? [2, 1, 0] : [0, 1, 2];
  const labels = (await readRole(manifest, directory, 'labels'))
    .split(/\r?\n/)
    .filter((label) => label !== '');
  const [input, output] = [session.inputs[0]?.name ?? '', session.outputs[0]?.name ?? ''];

  function planesOf(job: TaskJob): Float32Array {
    if (job.job === SAMPLE) return new Float32Array(3 * width * height);
    const image = readImage(job.tensors[0]?.data ?? new Uint8Array(), maxPixels);
    return toPlanes(resizeImage(image, width, height));
  }

  function toPlanes({ rgb }: Image): Float32Array {
    const size = rgb.length / 3;
    const planes = new Float32Array(rgb.length);
    for (const [plane, colour] of order.entries()) {
      for (let pixel = 0; pixel < size; pixel++) {
        planes[plane * size + pixel] =
          ((rgb[pixel * 3 + colour] ?? 0) / 255 - (mean[colour] ?? 0)) / (deviation[colour] ?? 1);
      }
    }
    return planes;
  }

  async function classify(images: readonly Float32Array[]): Promise<TaskOutcome[]> {
    const pixels = new Float32Array(images.length * 3 * width * height);
    for (const [row, image] of images.entries()) pixels.set(image, row * image.length);
    const scores = (
      await session.run({
        [input]: new OrtTensor('float32', pixels, [images.length, 3, height, width]),
      })
    )[output];
    if (
      !(scores?.data instanceof Float32Array) ||
      scores.data.length !== images.length * labels.length
    ) {
      throw new InferenceFault('M600', {
        details: { reason: 'the labels do not fit the graph', labels: labels.length },
      });
    }
    const { data } = scores;
    const raw = manifest.parameters.softmax === true;
    return images.map((_, row) =>
      outcome(data.slice(row * labels.length, (row + 1) * labels.length), { labels, raw }),
    );
  }

  return {
    async run(jobs) {
      const prepared = await Promise.all(jobs.map((job) => guarded(() => planesOf(job))));
      const images = prepared.filter(
        (image): image is Float32Array => !(image instanceof InferenceFault),
      );
      const next = (images.length > 0 ? await classify(images) : []).values();
      return prepared.map((image) =>
        image instanceof InferenceFault ? image : (next.next().value ?? new InferenceFault('P300')),
      );
    },
    sample: () => ({ job: SAMPLE, params: {}, tensors: [], cancelled: () => false }),
  };
}

function outcome(
  scores: Float32Array<ArrayBuffer>,
  { labels, raw }: { labels: readonly string[]; raw: boolean },
): TaskOutcome {
  const probabilities = raw ? softmax(scores) : scores;
  const best = probabilities.indexOf(Math.max(...probabilities));
  const text = labels[best] ?? '';
  return {
    text,
    units: 1,
    outputs: [
      { name: 'label', datatype: 'BYTES', shape: [1], data: packStrings([text]) },
      {
        name: 'probabilities',
        datatype: 'FP32',
        shape: [probabilities.length],
        data: new Uint8Array(
          probabilities.buffer,
          probabilities.byteOffset,
          probabilities.byteLength,
        ),
      },
    ],
  };
}

function softmax(scores: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  const top = Math.max(...scores);
  const raised = scores.map((score) => Math.exp(score - top));
  const total = raised.reduce((sum, value) => sum + value, 0);
  return raised.map((value) => value / total);
}
