import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Log } from '@assay/kit';
import type { ExecutionResult } from 'graphql';
import type { Exchange } from '../edge/exchange.ts';
import type { OperationResult } from '../federation/plan-in-rust.ts';
import { eventOf } from './event-of.ts';

const KEEP_ALIVE_MS = 12_000;
/** A client that takes nothing for this long is cut off; it can resume. */
const STALLED_MS = 30_000;

/**
 * GraphQL over SSE, one connection an operation: `next` events, then `complete`. A stream that the gateway ends
 * early, to shut down, ends without `complete`.
 */
export async function serveEventStream(
  exchange: Exchange,
  result: OperationResult,
  log: Log,
): Promise<void> {
  const { response } = exchange;
  const signal = AbortSignal.any([exchange.signal, exchange.closing]);
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  const iterator = iterate(result);
  const leave = () =>
    void iterator.return?.()?.catch((err) => log.warn({ err }, 'source did not close'));
  signal.addEventListener('abort', leave, { once: true });
  const keepAlive = setInterval(() => response.write(':\n\n'), KEEP_ALIVE_MS);
  try {
    if (signal.aborted) leave();
    for (let one = await iterator.next(); one.done !== true; one = await iterator.next()) {
      if (signal.aborted) break;
      const flushed = response.write(eventOf(one.value));
      if (!flushed) await drained(response, signal);
    }
    response.end(signal.aborted ? undefined : 'event: complete\ndata:\n\n');
  } finally {
    leave();
    clearInterval(keepAlive);
    signal.removeEventListener('abort', leave);
  }
}

async function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  const patience = AbortSignal.timeout(STALLED_MS);
  try {
    await once(response, 'drain', { signal: AbortSignal.any([signal, patience]) });
  } catch {
    if (patience.aborted) response.destroy();
  }
}

/** A single answer is a stream of one. */
function iterate(result: OperationResult): AsyncIterator<ExecutionResult> {
  if (Symbol.asyncIterator in result) return result[Symbol.asyncIterator]();
  let given = false;
  return {
    async next() {
      if (given) return { done: true, value: undefined };
      given = true;
      return { done: false, value: result };
    },
  };
}
