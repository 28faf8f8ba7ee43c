import { once } from 'node:events';
import type { Log } from '@assay/kit';
import type { ExecutionResult } from 'graphql';
import type { Exchange } from '../edge/exchange.ts';
import type { OperationResult } from '../federation/plan-in-rust.ts';
import { jsonOf } from './json-of.ts';

const KEEP_ALIVE_MS = 12_000;

/** GraphQL over SSE, one connection an operation: `next` events, then `complete`. */
export async function serveEventStream(
  exchange: Exchange,
  result: OperationResult,
  log: Log,
): Promise<void> {
  const { response, signal } = exchange;
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
    if (signal.aborted) return leave();
    for (let one = await iterator.next(); one.done !== true; one = await iterator.next()) {
      if (signal.aborted) return;
      const flushed = response.write(`event: next\ndata: ${jsonOf(one.value)}\n\n`);
      if (!flushed) await once(response, 'drain', { signal });
    }
    response.end('event: complete\ndata:\n\n');
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    clearInterval(keepAlive);
    signal.removeEventListener('abort', leave);
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
