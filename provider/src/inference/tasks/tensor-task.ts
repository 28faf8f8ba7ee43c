import type { Manifest, Tensor } from '@assay/wire';
import { firstNonFinite } from '../first-non-finite.ts';
import { guarded } from '../guarded.ts';
import { InferenceFault } from '../inference-fault.ts';
import type { OnnxSession } from '../onnx-session.ts';
import { fromOrtTensor, toOrtTensor } from '../ort-tensor.ts';
import { sampleTensors } from '../sample-tensors.ts';
import { splitRows, stackRows } from '../stack-rows.ts';
import type { Task, TaskContext, TaskOutcome } from '../task.ts';

/** Tensors in, tensors out, exactly as the graph has them; a batch is stacked along the manifest's axis. */
export function createTensorTask({ manifest, session }: TaskContext): Task {
  const attempt = (rows: readonly (readonly Tensor[])[]) => runRows(manifest, session, rows);

  /** When a batch fails, one row may be to blame: then each runs by itself. */
  async function runEach(
    rows: readonly (readonly Tensor[])[],
  ): Promise<(TaskOutcome | InferenceFault)[]> {
    const together = await guarded(() => attempt(rows));
    if (!(together instanceof InferenceFault)) return together;
    if (rows.length === 1) return [together];
    const alone: (TaskOutcome | InferenceFault)[] = [];
    for (const row of rows)
      alone.push((await guarded(async () => (await attempt([row]))[0])) ?? together);
    return alone;
  }

  return {
    async run(jobs) {
      const checked = jobs.map((job) => faultOf(job.tensors));
      const good = jobs.filter((_, index) => checked[index] === undefined);
      const results = await runEach(good.map((job) => job.tensors));
      const next = results.values();
      return checked.map((fault) => fault ?? next.next().value ?? new InferenceFault('P300'));
    },
    sample: () => ({
      job: -1,
      params: {},
      tensors: sampleTensors(manifest),
      cancelled: () => false,
    }),
  };
}

function faultOf(tensors: readonly Tensor[]): InferenceFault | undefined {
  for (const tensor of tensors) {
    const index = firstNonFinite(tensor);
    if (index >= 0) {
      return new InferenceFault('P303', {
        details: { input: tensor.name, reason: 'not a finite number', index },
        hint: 'Replace NaN and infinite values.',
      });
    }
  }
  return undefined;
}

async function runRows(
  manifest: Manifest,
  session: OnnxSession,
  rows: readonly (readonly Tensor[])[],
): Promise<TaskOutcome[]> {
  if (rows.length === 0) return [];
  const stacked = rows.length === 1 ? (rows[0] ?? []) : stackRows(manifest, rows);
  const results = await session.run(
    Object.fromEntries(stacked.map((tensor) => [tensor.name, toOrtTensor(tensor)])),
  );
  const outputs = session.outputs.flatMap(({ name }) => {
    const output = results[name];
    return output ? [fromOrtTensor(name, output)] : [];
  });
  const split = rows.length === 1 ? [outputs] : splitRows(manifest, outputs, rows);
  return split.map((outputsOfRow) => ({ outputs: outputsOfRow, units: 1 }));
}
