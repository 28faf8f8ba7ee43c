import { formatError, type Log } from '@assay/kit';
import type { ExecutionResult, GraphQLFormattedError } from 'graphql';
import type { OperationResult } from '../federation/plan-in-rust.ts';
import type { RunOperation } from '../federation/run-operation.ts';
import { serveEventStream } from '../stream/serve-event-stream.ts';
import type { Exchange, Route } from './exchange.ts';
import { graphiqlPage } from './graphiql-page.ts';
import { readOperation } from './graphql-request.ts';
import { statusOfCode } from './http-status.ts';
import { send } from './send.ts';

const JSON_TYPE = 'application/json';
const RESPONSE_TYPE = 'application/graphql-response+json';
const STREAM_TYPE = 'text/event-stream';

/** GraphQL over HTTP and over SSE, and GraphiQL for browsers, at `/graphql`; `/graphql/stream` always streams. */
export function graphqlRoutes(run: RunOperation, log: Log): Route[] {
  const describe: NonNullable<Route['describe']> = (error) => ({ errors: [formatError(error)] });
  const handle = (exchange: Exchange) => answer(exchange, run, log);
  return ['GET', 'POST'].flatMap((method) => [
    { name: 'graphql', method, path: /^\/graphql(\/stream)?$/, handle, describe },
  ]);
}

async function answer(exchange: Exchange, run: RunOperation, log: Log): Promise<void> {
  const { request, response, url } = exchange;
  const accept = request.headers.accept ?? '*/*';
  if (request.method === 'GET' && accept.includes('text/html') && !url.searchParams.has('query')) {
    return send(response, 200, await graphiqlPage(), {
      'content-type': 'text/html; charset=utf-8',
    });
  }
  const type = url.pathname.endsWith('/stream') ? STREAM_TYPE : chosenType(accept);
  if (type === undefined)
    return send(response, 406, '', { accept: `${RESPONSE_TYPE}, ${JSON_TYPE}, ${STREAM_TYPE}` });
  if (request.method === 'POST' && !isJson(request.headers['content-type'])) {
    return send(response, 415, '', { 'accept-post': JSON_TYPE });
  }
  const safeOnly = request.method === 'GET';
  const params = await readOperation(exchange);
  const result = await run(params, { ...exchange.context, safeOnly });
  if (type === STREAM_TYPE) return serveEventStream(exchange, result, log);
  if (isStream(result)) return refuseStream(exchange, result);
  sendResult(exchange, result, type);
}

/** The first known type that the client accepts; JSON where anything will do. */
function chosenType(accept: string): string | undefined {
  for (const part of accept.split(',')) {
    const type = part.split(';')[0]?.trim().toLowerCase();
    if (type === RESPONSE_TYPE || type === STREAM_TYPE || type === JSON_TYPE) return type;
    if (type === '*/*' || type === 'application/*') return JSON_TYPE;
  }
  return undefined;
}

function isJson(contentType: string | undefined): boolean {
  const [type, ...parameters] = (contentType ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice(8);
  return type === JSON_TYPE && (charset === undefined || /^"?utf-8"?$/.test(charset));
}

function isStream(result: OperationResult): result is AsyncIterable<ExecutionResult> {
  return Symbol.asyncIterator in result;
}

async function refuseStream({ response }: Exchange, stream: AsyncIterable<unknown>): Promise<void> {
  await stream[Symbol.asyncIterator]().return?.();
  send(response, 406, '', { accept: STREAM_TYPE });
}

function sendResult({ response }: Exchange, result: ExecutionResult, type: string): void {
  const errors = (result.errors ?? []) as readonly GraphQLFormattedError[];
  const status = 'data' in result ? 200 : refusalStatus(errors, type);
  const wait = errors.map(({ extensions }) => extensions?.retryAfterMs).find(Number.isFinite);
  if (typeof wait === 'number') response.setHeader('retry-after', Math.ceil(wait / 1000));
  send(response, status, JSON.stringify(result), { 'content-type': `${type}; charset=utf-8` });
}

/** Old clients that ask for plain JSON get 200 for a malformed document, as GraphQL over HTTP demands. */
function refusalStatus(errors: readonly GraphQLFormattedError[], type: string): number {
  const mutationOverGet = errors.some(({ extensions }) => isMutationOverGet(extensions));
  if (mutationOverGet) return 405;
  const status = Math.max(...errors.map(({ extensions }) => statusOfCode(extensions?.code)));
  return type === JSON_TYPE && status === 400 ? 200 : status;
}

function isMutationOverGet(extensions: GraphQLFormattedError['extensions']): boolean {
  const details = extensions?.details as { field?: string } | undefined;
  return details?.field === 'method';
}
