import { AssayError, type JobPayload } from '@assay/wire';
import { z } from 'zod';
import type { Exchange } from '../exchange.ts';
import type { EdgeMarket } from '../jobs/edge-market.ts';
import { intentOf, jobWishesSchema } from '../jobs/job-wishes.ts';
import { runJob } from '../jobs/run-job.ts';
import { readJsonBody } from '../read-json-body.ts';
import { sendJson } from '../send.ts';
import { openEventStream } from '../send-events.ts';

const requestSchema = z.object({
  id: z.string().max(128).optional(),
  text_input: z.string(),
  parameters: jobWishesSchema
    .extend({
      max_tokens: z.number().int().min(1).max(1_000_000).optional(),
      temperature: z.number().min(0).max(10).optional(),
      top_k: z.number().int().min(1).optional(),
      top_p: z.number().min(0).max(1).optional(),
      stop: z.union([z.string(), z.array(z.string()).max(8)]).optional(),
      seed: z.number().int().nonnegative().optional(),
    })
    .loose()
    .optional(),
});

/** `POST /v2/models/{id}/generate` and `/generate_stream`: text in, text out, at once or as it comes. */
export async function generate(exchange: Exchange, market: EdgeMarket): Promise<void> {
  const { response, params } = exchange;
  const model = await market.models.find(params.model ?? '', params.version);
  const asked = await readJsonBody(exchange.request, requestSchema);
  const job = { intent: intentOf(model, asked.parameters ?? {}), payload: payloadOf(asked) };
  const named = {
    ...(asked.id && { id: asked.id }),
    model_name: model.name,
    model_version: model.version,
  };
  const stream = params.stream === undefined ? undefined : openEventStream(response);
  let text = '';
  try {
    for await (const event of runJob(market, job, exchange)) {
      if (event.kind !== 'JobOutput' || event.text === undefined) continue;
      text += event.text;
      await stream?.data({ ...named, text_output: event.text });
    }
  } catch (error) {
    if (stream === undefined || !stream.opened) throw error;
    await stream.data({ error: error instanceof AssayError ? error : new AssayError('G800') });
  }
  if (stream === undefined) sendJson(response, 200, { ...named, text_output: text });
  else stream.end();
}

function payloadOf({ text_input, parameters = {} }: z.infer<typeof requestSchema>): JobPayload {
  const { max_tokens, temperature, top_k, top_p, stop, seed } = parameters;
  return {
    kind: 'text',
    prompt: text_input,
    params: {
      ...(max_tokens === undefined ? {} : { maxTokens: max_tokens }),
      ...(temperature === undefined ? {} : { temperature }),
      ...(top_k === undefined ? {} : { topK: top_k }),
      ...(top_p === undefined ? {} : { topP: top_p }),
      ...(stop === undefined ? {} : { stop: [stop].flat() }),
      ...(seed === undefined ? {} : { seed: `${seed}` }),
    },
  };
}
