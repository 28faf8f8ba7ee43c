import type { Tokenizer } from '@huggingface/tokenizers';
import { Tensor as OrtTensor } from 'onnxruntime-node';
import { checkPaid } from '../check-paid.ts';
import { guarded } from '../guarded.ts';
import { InferenceFault } from '../inference-fault.ts';
import { loadTokenizer } from '../load-tokenizer.ts';
import { numberParameter, textParameter } from '../model-parameters.ts';
import { unpackStrings } from '../string-tensor.ts';
import type { Task, TaskContext, TaskJob, TaskOutcome } from '../task.ts';
import { normaliseRows, type Pooling, poolRows } from './pool-rows.ts';

const POOLINGS: readonly Pooling[] = ['mean', 'cls', 'last'];

/** Texts in (`text`, or a prompt), one vector each out (`embedding`): tokens, graph, pooling, normalisation. */
export async function createEmbeddingTask({
  manifest,
  directory,
  session,
}: TaskContext): Promise<Task> {
  const tokenizer = await loadTokenizer(manifest, directory);
  const pooling = poolingOf(textParameter(manifest, 'pooling', 'mean'));
  const limits = {
    maxTokens: numberParameter(manifest, 'contextLength', 512),
    maxTexts: numberParameter(manifest, 'maxTexts', 256),
  };
  const known = new Set(session.inputs.map(({ name }) => name));
  const normalise = manifest.parameters.normalise !== false;

  async function embed(job: TaskJob): Promise<TaskOutcome> {
    const rows = textsOf(job, limits.maxTexts).map((text) =>
      encode(tokenizer, text, limits.maxTokens),
    );
    checkPaid(job, unitsOf(rows));
    const length = Math.max(...rows.map((row) => row.length));
    const mask = Float32Array.from(
      rows.flatMap((row) => Array.from({ length }, (_, index) => (index < row.length ? 1 : 0))),
    );
    const shape = [rows.length, length];
    const feeds: Record<string, OrtTensor> = {
      input_ids: int64(
        rows.flatMap((row) => [...row, ...zeros(length - row.length)]),
        shape,
      ),
    };
    if (known.has('attention_mask')) feeds.attention_mask = int64([...mask], shape);
    if (known.has('token_type_ids')) feeds.token_type_ids = int64(zeros(mask.length), shape);
    const results = await session.run(feeds);
    const output =
      results.sentence_embedding ??
      results.last_hidden_state ??
      results[session.outputs[0]?.name ?? ''];
    if (!(output?.data instanceof Float32Array))
      throw new InferenceFault('M600', {
        details: { reason: 'the graph gives no FP32 embedding' },
      });
    const width = output.dims.at(-1) ?? 0;
    const pooled =
      output.dims.length === 3
        ? poolRows(output.data, { mask, length, width, pooling })
        : output.data.slice();
    const vectors = normalise ? normaliseRows(pooled, width) : pooled;
    const data = new Uint8Array(vectors.buffer, vectors.byteOffset, vectors.byteLength);
    return {
      outputs: [{ name: 'embedding', datatype: 'FP32', shape: [rows.length, width], data }],
      units: unitsOf(rows),
    };
  }

  const unitsOf = (rows: readonly (readonly number[])[]): number =>
    manifest.unit === 'token' ? rows.reduce((sum, row) => sum + row.length, 0) : 1;

  return {
    async run(jobs) {
      const outcomes: (TaskOutcome | InferenceFault)[] = [];
      for (const job of jobs) outcomes.push(await guarded(() => embed(job)));
      return outcomes;
    },
    sample: (units) => ({
      job: -1,
      prompt: 'a '.repeat(units),
      params: {},
      tensors: [],
      cancelled: () => false,
    }),
  };
}

function poolingOf(value: string): Pooling {
  const pooling = POOLINGS.find((known) => known === value);
  if (pooling) return pooling;
  throw new InferenceFault('M600', { details: { parameter: 'pooling', value, allowed: POOLINGS } });
}

function textsOf(job: TaskJob, maxTexts: number): string[] {
  const [tensor] = job.tensors;
  const texts = tensor ? unpackStrings(tensor.data) : [job.prompt ?? ''];
  if (texts.length >= 1 && texts.length <= maxTexts) return texts;
  throw new InferenceFault('P303', {
    details: { input: 'text', reason: 'too many texts', texts: texts.length, limit: maxTexts },
    hint: 'Send fewer texts in one job.',
  });
}

function encode(tokenizer: Tokenizer, text: string, maxTokens: number): number[] {
  const { ids } = tokenizer.encode(text, { add_special_tokens: true });
  if (ids.length > maxTokens) {
    throw new InferenceFault('P303', {
      details: {
        input: 'text',
        reason: 'the text is longer than the model’s context',
        tokens: ids.length,
        limitTokens: maxTokens,
      },
      hint: 'Split the text.',
    });
  }
  return ids.length > 0 ? ids : [0];
}

function int64(values: readonly number[], shape: readonly number[]): OrtTensor {
  return new OrtTensor('int64', BigInt64Array.from(values, BigInt), shape);
}

function zeros(count: number): number[] {
  return new Array<number>(count).fill(0);
}
