import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AssayError } from '@assay/wire';
import type { CallerContext } from '../federation/caller.ts';

/** One HTTP request on its way through the gateway. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** Groups of the route's path. */
  readonly params: Readonly<Record<string, string>>;
  readonly context: CallerContext;
  /** Aborts when the client has gone before its answer was complete. */
  readonly signal: AbortSignal;
  /** Aborts when the gateway shuts down: streams end, answers under way are finished. */
  readonly closing: AbortSignal;
}

export interface Route {
  /** For metrics: few, and never with an id in them. */
  readonly name: string;
  readonly method: string;
  /** With named groups; matched against the whole path. */
  readonly path: RegExp;
  readonly handle: (exchange: Exchange) => Promise<void>;
  /** The body of an error in this route's own dialect. */
  readonly describe?: (error: AssayError, status: number) => unknown;
  /** True: counted by the caller's rate before it runs. GraphQL counts its operations itself. */
  readonly counted?: boolean;
}
