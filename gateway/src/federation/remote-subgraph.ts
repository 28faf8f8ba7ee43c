import type { Subgraph, SubgraphName, SubgraphRequest } from '@assay/kit';
import { AssayError, IDENTITY_HEADER } from '@assay/wire';
import { type DocumentNode, type ExecutionResult, print } from 'graphql';
import { z } from 'zod';
import { postJson } from './post-json.ts';
import { createRemoteStreams } from './remote-streams.ts';

/** A subgraph as the gateway uses it; here or in another process. */
export type FederatedSubgraph = Omit<Subgraph, 'schema'>;

export interface RemoteSubgraphOptions {
  readonly name: SubgraphName;
  /** GraphQL over HTTP, and over WebSocket at the same path. */
  readonly url: string;
  /** Signs the request for the SDL. */
  readonly identityHeader: () => string;
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

const SDL_QUERY = '{ _service { sdl } }';
const sdlSchema = z.object({ data: z.object({ _service: z.object({ sdl: z.string().min(1) }) }) });
const resultSchema = z
  .object({ data: z.unknown(), errors: z.array(z.unknown()) })
  .partial()
  .refine(({ data, errors }) => data !== undefined || errors !== undefined);
const SDL_TIMEOUT_MS = 5_000;
const RETRY_MS = 250;

/** Connects to a subgraph in another process; waits until it serves its SDL. */
export async function connectRemoteSubgraph(
  options: RemoteSubgraphOptions,
): Promise<FederatedSubgraph> {
  const { name, url, timeoutMs = 30_000 } = options;
  const sdl = await fetchSdl(options);
  const streams = createRemoteStreams(name, url);

  async function execute(request: SubgraphRequest): Promise<ExecutionResult> {
    const { variables, operationName, identityHeader } = request;
    try {
      const body = JSON.stringify({ query: printed(request.document), variables, operationName });
      const headers = { [IDENTITY_HEADER]: identityHeader };
      const answer = await postJson(url, { body, headers, timeoutMs });
      return resultSchema.parse(answer) as ExecutionResult;
    } catch (cause) {
      return { errors: [unreachable(name, cause)] } as unknown as ExecutionResult;
    }
  }

  return {
    name,
    sdl,
    execute,
    subscribe: async (request) => streams.subscribe(request, printed(request.document)),
    close: async () => streams.close(),
  };
}

async function fetchSdl({
  name,
  url,
  identityHeader,
  signal,
}: RemoteSubgraphOptions): Promise<string> {
  const body = JSON.stringify({ query: SDL_QUERY });
  for (;;) {
    signal.throwIfAborted();
    try {
      const headers = { [IDENTITY_HEADER]: identityHeader() };
      const answer = await postJson(url, { body, headers, timeoutMs: SDL_TIMEOUT_MS, signal });
      return sdlSchema.parse(answer).data._service.sdl;
    } catch (cause) {
      if (signal.aborted) throw unreachable(name, cause);
      await pause(RETRY_MS, signal);
    }
  }
}

export function unreachable(subgraph: string, cause: unknown): AssayError {
  return new AssayError('G805', { cause, details: { subgraph } });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener('abort', finish, { once: true });
  });
}

const texts = new WeakMap<DocumentNode, string>();

function printed(document: DocumentNode): string {
  const known = texts.get(document) ?? print(document);
  texts.set(document, known);
  return known;
}
