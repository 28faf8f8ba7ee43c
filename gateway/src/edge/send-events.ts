import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** Server-sent events as text edges use them: `data:` lines, no event names. */
export interface EventStream {
  /** False until the first event: an error before it can still be an ordinary answer. */
  readonly opened: boolean;
  /** Resolves when the client can take more. */
  data(value: unknown): Promise<void>;
  /** Ends the stream, after a last raw line where given. */
  end(last?: string): void;
}

export function openEventStream(response: ServerResponse): EventStream {
  const open = () => {
    if (response.headersSent) return;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
  };
  return {
    get opened() {
      return response.headersSent;
    },
    async data(value) {
      open();
      if (response.write(`data: ${JSON.stringify(value)}\n\n`) || response.destroyed) return;
      await Promise.race([once(response, 'drain'), once(response, 'close')]);
    },
    end(last) {
      open();
      response.end(last === undefined ? undefined : `data: ${last}\n\n`);
    },
  };
}
