import { Tensor as OrtTensor } from 'onnxruntime-node';
import type { Decoder, DecoderRun } from '../decoder.ts';
import { InferenceFault } from '../inference-fault.ts';
import { readRole } from '../model-parameters.ts';
import type { TaskContext } from '../task.ts';

/** Token 0 stands for "nothing here" and for characters the model never saw; it is never generated. */
const NONE = 0;

/**
 * A model that sees the last K characters: `tokens` INT64 [N, K] in, `logits` FP32 [N, vocabulary] out. Its
 * tokenizer file is `{"characters": "..."}`; character i is token i + 1.
 */
export async function createWindowDecoder({
  manifest,
  directory,
  session,
}: TaskContext): Promise<Decoder> {
  const characters = [...readCharacters(await readRole(manifest, directory, 'tokenizer'))];
  const tokenOf = new Map(characters.map((character, index) => [character, index + 1]));
  const width = windowOf(session.inputs[0]);

  async function logitsAfter(window: readonly number[]): Promise<Float32Array> {
    const tokens = new BigInt64Array(width);
    const recent = window.slice(-width);
    for (const [index, token] of recent.entries())
      tokens[width - recent.length + index] = BigInt(token);
    const { logits } = await session.run({ tokens: new OrtTensor('int64', tokens, [1, width]) });
    if (!(logits?.data instanceof Float32Array))
      throw new InferenceFault('M600', { details: { reason: 'the graph has no output "logits"' } });
    logits.data[NONE] = Number.NEGATIVE_INFINITY;
    return logits.data;
  }

  const encode = (text: string): number[] =>
    [...text].map((character) => tokenOf.get(character) ?? NONE);

  return {
    contextLength: Number.POSITIVE_INFINITY,
    stopTokens: new Set(),
    encode,
    encodeContinuation: (_, delivered) => encode(delivered),
    textStream: () => ({ push: (token) => characters[token - 1] ?? '', flush: () => '' }),
    async start(tokens): Promise<DecoderRun> {
      const window = tokens.slice(-width);
      return {
        logits: await logitsAfter(window),
        next(token) {
          window.push(token);
          if (window.length > width) window.shift();
          return logitsAfter(window);
        },
      };
    },
  };
}

function readCharacters(json: string): string {
  const parsed: unknown = JSON.parse(json);
  if (
    typeof parsed === 'object' &&
    parsed !== null &&
    'characters' in parsed &&
    typeof parsed.characters === 'string'
  )
    return parsed.characters;
  throw new InferenceFault('M600', {
    details: { reason: 'the tokenizer file has no "characters"' },
  });
}

function windowOf(input: TaskContext['session']['inputs'][number] | undefined): number {
  const width = input?.isTensor ? input.shape[1] : undefined;
  if (input?.name === 'tokens' && typeof width === 'number' && width > 0) return width;
  throw new InferenceFault('M600', {
    details: { reason: 'a window decoder takes `tokens` of a fixed width' },
  });
}
