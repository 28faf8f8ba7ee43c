import { AssayError, type Hex, type JobEvent, type OutputTensor, type Tensor } from '@assay/wire';
import type { Exchange } from '../exchange.ts';
import type { EdgeMarket } from '../jobs/edge-market.ts';
import { intentOf } from '../jobs/job-wishes.ts';
import type { ModelFacts } from '../jobs/model-catalogue.ts';
import { runJob } from '../jobs/run-job.ts';
import { readBody } from '../read-body.ts';
import { send } from '../send.ts';
import { type InferRequest, parseInferRequest } from './infer-request.ts';
import { encodeInferResponse } from './infer-response.ts';

/** Larger inputs are put as blobs and submitted over GraphQL. */
export const MAX_INFER_BYTES = 64 * 1024 * 1024;

/** `POST /v2/models/{id}/infer`: one job, tensors in and out, JSON or binary. */
export async function infer(exchange: Exchange, market: EdgeMarket): Promise<void> {
  const { request, response, params } = exchange;
  const model = await market.models.find(params.model ?? '', params.version);
  const header = request.headers['inference-header-content-length'];
  const body = await readBody(request, MAX_INFER_BYTES);
  const asked = parseInferRequest(body, header === undefined ? undefined : Number(header));
  const { jobId, outputs } = await gather(exchange, market, { model, asked });
  const tensors = await Promise.all(outputs.map((output) => withData(output, market)));
  const answer = {
    model_name: model.name,
    model_version: model.version,
    id: asked.id ?? jobId,
    parameters: { assay_job_id: jobId },
  };
  const encoded = encodeInferResponse(answer, tensors, asked.isBinary);
  send(response, 200, encoded.body, { ...encoded.headers, 'x-assay-job-id': jobId });
}

interface Asked {
  readonly model: ModelFacts;
  readonly asked: InferRequest;
}

interface Gathered {
  readonly jobId: Hex;
  readonly outputs: readonly OutputTensor[];
}

/** Outputs as soon as all that were asked for are there; the receipt follows without making the client wait. */
async function gather(
  exchange: Exchange,
  market: EdgeMarket,
  { model, asked }: Asked,
): Promise<Gathered> {
  const wanted = asked.outputs ?? model.outputs.map(({ name }) => name);
  const known = new Set(model.outputs.map(({ name }) => name));
  const unknown = wanted.find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new AssayError('I102', { details: { output: unknown, outputs: [...known] } });
  }
  const job = {
    intent: intentOf(model, asked.wishes),
    payload: { kind: 'tensors', tensors: asked.tensors, params: {} } as const,
  };
  const outputs = new Map<string, OutputTensor>();
  let last: JobEvent | undefined;
  for await (const event of runJob(market, job, exchange)) {
    last = event;
    if (event.kind === 'JobOutput')
      for (const tensor of event.tensors ?? []) outputs.set(tensor.name, tensor);
    if (wanted.every((name) => outputs.has(name))) break;
  }
  if (last === undefined) throw new AssayError('R204');
  const given = wanted.flatMap((name) => outputs.get(name) ?? []);
  if (given.length < wanted.length) {
    throw new AssayError('P300', {
      details: { jobId: last.jobId, reason: 'an output is missing' },
    });
  }
  return { jobId: last.jobId, outputs: given };
}

async function withData(output: OutputTensor, { blobs }: EdgeMarket): Promise<Tensor> {
  if ('data' in output) return output;
  const { name, datatype, shape } = output;
  return { name, datatype, shape, data: await blobs.read(output.blob) };
}
