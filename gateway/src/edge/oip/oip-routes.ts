import type { Exchange, Route } from '../exchange.ts';
import type { EdgeMarket } from '../jobs/edge-market.ts';
import { sendJson } from '../send.ts';
import { generate } from './generate.ts';
import { infer } from './infer.ts';

const MODEL = '/v2/models/(?<model>[^/]+)(?:/versions/(?<version>[^/]+))?';

/** The Open Inference Protocol v2 over REST, as stock clients speak it. */
export function oipRoutes(market: EdgeMarket): Route[] {
  const route = (
    method: string,
    path: string,
    handle: (exchange: Exchange) => Promise<void>,
  ): Route => ({
    name: 'oip',
    method,
    path: new RegExp(`^${path}$`),
    handle,
    describe: (error) => ({ error: `${error.code}: ${error.message} ${error.hint}`, assay: error }),
    counted: true,
  });
  return [
    route('GET', '/v2/?', ({ response }) => describeServer(response)),
    route('GET', '/v2/health/live', async ({ response }) =>
      sendJson(response, 200, { live: true }),
    ),
    route('GET', '/v2/health/ready', async ({ response }) => {
      await market.models.list();
      sendJson(response, 200, { ready: true });
    }),
    route('GET', MODEL, (exchange) => describeModel(exchange, market)),
    route('GET', `${MODEL}/ready`, (exchange) => modelReady(exchange, market)),
    route('POST', `${MODEL}/infer`, (exchange) => infer(exchange, market)),
    route('POST', `${MODEL}/generate(?<stream>_stream)?`, (exchange) => generate(exchange, market)),
  ];
}

async function describeServer(response: Exchange['response']): Promise<void> {
  sendJson(response, 200, {
    name: 'assay',
    version: '0.1.0',
    extensions: ['binary_tensor_data', 'generate'],
  });
}

async function describeModel(
  { response, params }: Exchange,
  { models }: EdgeMarket,
): Promise<void> {
  const { id, name, version, inputs, outputs } = await models.find(
    params.model ?? '',
    params.version,
  );
  sendJson(response, 200, {
    name,
    versions: [version],
    platform: 'onnxruntime_onnx',
    inputs,
    outputs,
    parameters: { assay_model_id: id },
  });
}

/** Ready is what a provider serves now. */
async function modelReady({ response, params }: Exchange, { models }: EdgeMarket): Promise<void> {
  const { id, name } = await models.find(params.model ?? '', params.version);
  const ready = await models.isLive(id);
  sendJson(response, ready ? 200 : 503, { name, ready });
}
