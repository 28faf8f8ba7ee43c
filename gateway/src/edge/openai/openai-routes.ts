import type { Exchange, Route } from '../exchange.ts';
import type { EdgeMarket } from '../jobs/edge-market.ts';
import type { ModelFacts } from '../jobs/model-catalogue.ts';
import { sendJson } from '../send.ts';
import { chat, complete } from './complete.ts';
import { describeError } from './describe-error.ts';
import { embed } from './embed.ts';

/** The part of OpenAI's API that a market of models can honour. */
export function openaiRoutes(market: EdgeMarket): Route[] {
  const route = (
    method: string,
    path: RegExp,
    handle: (exchange: Exchange) => Promise<void>,
  ): Route => ({
    name: 'openai',
    method,
    path,
    handle,
    describe: describeError,
    counted: true,
  });
  return [
    route('GET', /^\/v1\/models$/, (exchange) => listModels(exchange, market)),
    route('GET', /^\/v1\/models\/(?<model>[^/]+)$/, (exchange) => describeModel(exchange, market)),
    route('POST', /^\/v1\/completions$/, (exchange) => complete(exchange, market)),
    route('POST', /^\/v1\/chat\/completions$/, (exchange) => chat(exchange, market)),
    route('POST', /^\/v1\/embeddings$/, (exchange) => embed(exchange, market)),
  ];
}

async function listModels({ response }: Exchange, { models }: EdgeMarket): Promise<void> {
  sendJson(response, 200, { object: 'list', data: (await models.list()).map(entryOf) });
}

async function describeModel(
  { response, params }: Exchange,
  { models }: EdgeMarket,
): Promise<void> {
  sendJson(response, 200, entryOf(await models.find(decodeURIComponent(params.model ?? ''))));
}

function entryOf({ id, name, version, task, publisher }: ModelFacts) {
  return {
    id: `${name}@${version}`,
    object: 'model',
    created: 0,
    owned_by: publisher,
    assay: { model_id: id, task },
  };
}
