import { AssayError, type Hex, type Tensor } from '@assay/wire';
import { z } from 'zod';
import type { Exchange } from '../exchange.ts';
import type { EdgeMarket } from '../jobs/edge-market.ts';
import { intentOf, jobWishesSchema } from '../jobs/job-wishes.ts';
import { runJob } from '../jobs/run-job.ts';
import { readJsonBody } from '../read-json-body.ts';
import { sendJson } from '../send.ts';

const requestSchema = z.looseObject({
  model: z.string().min(1).max(200),
  input: z.union([z.string(), z.array(z.string()).min(1).max(32)]),
  encoding_format: z.enum(['float', 'base64']).optional(),
  assay: jobWishesSchema.optional(),
});

interface Embedding {
  readonly jobId: Hex;
  readonly vector: Float32Array;
  readonly units: bigint;
}

/** `POST /v1/embeddings`: one job for each input. */
export async function embed(exchange: Exchange, market: EdgeMarket): Promise<void> {
  const request = await readJsonBody(exchange.request, requestSchema);
  const model = await market.models.find(request.model);
  if (model.task !== 'embedding') {
    throw new AssayError('I100', {
      details: { field: 'model', reason: `its task is ${model.task}` },
      hint: 'Name a model whose task is embedding.',
    });
  }
  const intent = intentOf(model, request.assay ?? {});
  const embeddings = await Promise.all(
    [request.input]
      .flat()
      .map((prompt) =>
        embedOne(exchange, market, { intent, payload: { kind: 'text', prompt, params: {} } }),
      ),
  );
  const total = embeddings.reduce((sum, { units }) => sum + Number(units), 0);
  sendJson(exchange.response, 200, {
    object: 'list',
    model: request.model,
    data: embeddings.map(({ vector }, index) => ({
      object: 'embedding',
      index,
      embedding: encode(vector, request.encoding_format),
    })),
    usage: { prompt_tokens: total, total_tokens: total },
  });
}

async function embedOne(
  exchange: Exchange,
  market: EdgeMarket,
  job: Parameters<typeof runJob>[1],
): Promise<Embedding> {
  let vector: Float32Array | undefined;
  for await (const event of runJob(market, job, exchange)) {
    if (event.kind === 'JobOutput') vector ??= firstVector(event.tensors?.[0]);
    if (event.kind === 'JobCompleted' && vector !== undefined)
      return { jobId: event.jobId, vector, units: event.units };
  }
  throw new AssayError('P300', { details: { reason: 'the model gave no FP32 tensor' } });
}

function firstVector(tensor: Tensor | object | undefined): Float32Array | undefined {
  if (tensor === undefined || !('data' in tensor) || tensor.datatype !== 'FP32') return undefined;
  return new Float32Array(new Uint8Array(tensor.data).buffer);
}

function encode(vector: Float32Array, format: 'float' | 'base64' = 'float'): unknown {
  if (format === 'float') return Array.from(vector);
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}
