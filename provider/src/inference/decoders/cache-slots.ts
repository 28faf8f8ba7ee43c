import { Tensor as OrtTensor } from 'onnxruntime-node';
import type { Json } from '../bundle-json.ts';
import { InferenceFault } from '../inference-fault.ts';
import type { OnnxSession } from '../onnx-session.ts';

/** One key or value cache: the input it enters by and the output it comes back from. */
export interface CacheSlot {
  readonly past: string;
  readonly present: string;
  readonly type: 'float32' | 'float16';
  readonly heads: number;
  readonly width: number;
}

const PAST = /^past_key_values\.(\d+)\.(key|value)$/;

/** The graph's caches; sizes it leaves open come from config.json. Throws M600 where neither says them. */
export function readCacheSlots(session: OnnxSession, config: Json): CacheSlot[] {
  const outputs = new Set(session.outputs.map(({ name }) => name));
  const slots = session.inputs.flatMap((input): CacheSlot[] => {
    const match = PAST.exec(input.name);
    if (!match || !input.isTensor) return [];
    const present = `present.${match[1]}.${match[2]}`;
    if (!outputs.has(present))
      throw new InferenceFault('M600', {
        details: { reason: 'a cache never comes back', input: input.name },
      });
    const heads =
      fixed(input.shape[1]) ??
      numberOf(config.num_key_value_heads) ??
      numberOf(config.num_attention_heads) ??
      numberOf(config.n_head);
    const width = fixed(input.shape[3]) ?? numberOf(config.head_dim) ?? headWidth(config);
    if (!heads || !width)
      throw new InferenceFault('M600', {
        details: { reason: 'the size of the cache is stated nowhere', input: input.name },
      });
    return [
      {
        past: input.name,
        present,
        type: input.type === 'float16' ? 'float16' : 'float32',
        heads,
        width,
      },
    ];
  });
  if (slots.length === 0)
    throw new InferenceFault('M600', {
      details: { reason: 'the graph has no past_key_values inputs' },
    });
  return slots;
}

/** What the first pass starts from: caches of length 0. */
export function emptyCache(slots: readonly CacheSlot[]): Record<string, OrtTensor> {
  return Object.fromEntries(
    slots.map(({ past, type, heads, width }) => {
      const data = type === 'float16' ? new Uint16Array(0) : new Float32Array(0);
      return [past, new OrtTensor(type, data as Float32Array, [1, heads, 0, width])];
    }),
  );
}

function headWidth(config: Json): number | undefined {
  const hidden = numberOf(config.hidden_size) ?? numberOf(config.n_embd);
  const heads = numberOf(config.num_attention_heads) ?? numberOf(config.n_head);
  return hidden && heads ? hidden / heads : undefined;
}

function fixed(dimension: number | string | undefined): number | undefined {
  return typeof dimension === 'number' && dimension > 0 ? dimension : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined;
}
