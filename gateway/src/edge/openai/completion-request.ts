import { AssayError, type JobParams } from '@assay/wire';
import { z } from 'zod';
import { jobWishesSchema } from '../jobs/job-wishes.ts';

const shared = {
  model: z.string().min(1).max(200),
  max_tokens: z.number().int().min(1).max(1_000_000).nullish(),
  temperature: z.number().min(0).max(10).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.number().int().min(1).nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(8)]).nullish(),
  seed: z.number().int().nonnegative().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  n: z.literal(1).nullish(),
  /** Price and speed, in the words of every edge. */
  assay: jobWishesSchema.optional(),
};

const content = z.union([
  z.string(),
  z.array(z.object({ type: z.literal('text'), text: z.string() })).max(100),
]);

export const completionSchema = z.looseObject({
  ...shared,
  prompt: z.union([z.string(), z.array(z.string()).length(1)]),
});
export const chatSchema = z.looseObject({
  ...shared,
  max_completion_tokens: z.number().int().min(1).max(1_000_000).nullish(),
  messages: z
    .array(z.looseObject({ role: z.enum(['system', 'developer', 'user', 'assistant']), content }))
    .min(1)
    .max(1_000),
});
export type CompletionRequest = z.infer<typeof completionSchema>;
export type ChatRequest = z.infer<typeof chatSchema>;

/** Options that would change the answer and cannot be honoured; ignoring them would be a lie. */
const UNSUPPORTED = [
  'tools',
  'functions',
  'logprobs',
  'response_format',
  'suffix',
  'echo',
  'logit_bias',
];

export function refuseUnsupported(request: Readonly<Record<string, unknown>>): void {
  const field = UNSUPPORTED.find((name) => isSet(request[name]));
  if (field === undefined) return;
  throw new AssayError('I100', {
    details: { field, reason: 'not supported here' },
    hint: `Leave ${field} out.`,
  });
}

function isSet(value: unknown): boolean {
  const isPlainFormat = (value as { type?: unknown } | null)?.type === 'text';
  return value !== undefined && value !== null && value !== false && !isPlainFormat;
}

export function paramsOf(request: CompletionRequest | ChatRequest): JobParams {
  const { max_completion_tokens, max_tokens, temperature, top_p, top_k, stop, seed } =
    request as ChatRequest;
  const tokens = max_completion_tokens ?? max_tokens;
  return {
    ...(tokens == null ? {} : { maxTokens: tokens }),
    ...(temperature == null ? {} : { temperature }),
    ...(top_p == null ? {} : { topP: top_p }),
    ...(top_k == null ? {} : { topK: top_k }),
    ...(stop == null ? {} : { stop: [stop].flat() }),
    ...(seed == null ? {} : { seed: `${seed}` }),
  };
}

/** Models here are plain text continuers: a conversation is written out, and the model continues it. */
export function promptOf(messages: ChatRequest['messages']): string {
  const lines = messages.map(({ role, content: said }) => {
    const text = typeof said === 'string' ? said : said.map((part) => part.text).join('');
    return `${role}: ${text}\n`;
  });
  return `${lines.join('')}assistant:`;
}
