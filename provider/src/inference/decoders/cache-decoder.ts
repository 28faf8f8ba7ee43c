import { Tensor as OrtTensor } from 'onnxruntime-node';
import { bundleJson, isJson, type Json } from '../bundle-json.ts';
import type { Decoder, DecoderRun } from '../decoder.ts';
import { InferenceFault } from '../inference-fault.ts';
import { loadTokenizer } from '../load-tokenizer.ts';
import { numberParameter } from '../model-parameters.ts';
import type { OnnxSession } from '../onnx-session.ts';
import type { TaskContext } from '../task.ts';
import { tokenizerTextStream } from '../tokenizer-text-stream.ts';
import { type CacheSlot, emptyCache, readCacheSlots } from './cache-slots.ts';
import { lastRow } from './last-row.ts';

/**
 * A decoder as Hugging Face exports it: `input_ids`, `attention_mask`, `position_ids` and `past_key_values.N.key|value`
 * in, `logits` and `present.N.key|value` out; config.json and tokenizer.json beside it.
 */
export async function createCacheDecoder({
  manifest,
  directory,
  session,
}: TaskContext): Promise<Decoder> {
  const tokenizer = await loadTokenizer(manifest, directory);
  const config = textConfig((await bundleJson(manifest, directory, 'config.json')) ?? {});
  const generation = (await bundleJson(manifest, directory, 'generation_config.json')) ?? {};
  const slots = readCacheSlots(session, config);
  const encode = (text: string, special: boolean): number[] =>
    tokenizer.encode(text, { add_special_tokens: special }).ids;
  const decode = (tokens: number[]): string =>
    tokens.length === 0
      ? ''
      : tokenizer.decode(tokens, {
          skip_special_tokens: true,
          clean_up_tokenization_spaces: false,
        });

  return {
    contextLength: numberParameter(
      manifest,
      'contextLength',
      numberOf(config.max_position_embeddings) ?? numberOf(config.n_positions) ?? 2_048,
    ),
    stopTokens: new Set([...tokenIds(config.eos_token_id), ...tokenIds(generation.eos_token_id)]),
    encode: (prompt) => encode(prompt, true),
    encodeContinuation(prompt, delivered) {
      if (delivered === '') return [];
      const [alone, joined] = [encode(prompt, true), encode(prompt + delivered, true)];
      // Where the boundary falls inside a token of the joined text, the continuation is read by itself.
      return alone.every((token, index) => joined[index] === token)
        ? joined.slice(alone.length)
        : encode(delivered, false);
    },
    textStream: () => tokenizerTextStream(decode),
    start: (tokens) =>
      startRun(
        { session, slots },
        tokens.length > 0 ? tokens : [numberOf(config.bos_token_id) ?? 0],
      ),
  };
}

interface Graph {
  readonly session: OnnxSession;
  readonly slots: readonly CacheSlot[];
}

/** Reads the prompt in one pass, then one token at a time against the cache. */
async function startRun({ session, slots }: Graph, prompt: readonly number[]): Promise<DecoderRun> {
  const known = new Set(session.inputs.map(({ name }) => name));
  let cache = emptyCache(slots);
  let seen = 0;

  async function advance(tokens: readonly number[]): Promise<Float32Array> {
    const total = seen + tokens.length;
    const feeds: Record<string, OrtTensor> = { input_ids: int64(tokens), ...cache };
    if (known.has('attention_mask'))
      feeds.attention_mask = int64(Array.from({ length: total }, () => 1));
    if (known.has('position_ids'))
      feeds.position_ids = int64(tokens.map((_, index) => seen + index));
    if (known.has('use_cache_branch'))
      feeds.use_cache_branch = new OrtTensor('bool', Uint8Array.of(seen > 0 ? 1 : 0), [1]);
    const results = await session.run(feeds);
    cache = Object.fromEntries(slots.map((slot) => [slot.past, present(results, slot)]));
    seen = total;
    return lastRow(results.logits);
  }

  return { logits: await advance(prompt), next: (token) => advance([token]) };
}

function present(results: Readonly<Record<string, OrtTensor>>, slot: CacheSlot): OrtTensor {
  const tensor = results[slot.present];
  if (!tensor)
    throw new InferenceFault('M600', {
      details: { reason: 'the graph gave no cache', output: slot.present },
    });
  return tensor;
}

function int64(values: readonly number[]): OrtTensor {
  return new OrtTensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
}

/** Multimodal folders keep the decoder's numbers one level down. */
function textConfig(config: Json): Json {
  return isJson(config.text_config) ? { ...config, ...config.text_config } : config;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function tokenIds(value: unknown): number[] {
  const ids = Array.isArray(value) ? value : [value];
  return ids.filter((id): id is number => typeof id === 'number');
}
