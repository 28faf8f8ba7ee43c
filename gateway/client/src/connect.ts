import { createGraphqlLink, type Endpoints } from './graphql-link.ts';
import { type NetworkFacts, readNetwork } from './network.ts';
import { type OpenSessionOptions, openSession } from './open-session.ts';
import { askQuote, type Quote, type QuoteRequest } from './quote.ts';
import { attachSession, type SavedSession, type Session } from './session.ts';

/** The marketplace as a client sees it. */
export interface Assay {
  network(): Promise<NetworkFacts>;
  /** Free; no session needed. */
  quote(request: QuoteRequest): Promise<Quote>;
  /** One wallet signature; the payer needs no gas. Throws a RemoteError. */
  openSession(options: OpenSessionOptions): Promise<Session>;
  /** Goes on with a session that `save()` described. */
  resumeSession(saved: SavedSession): Promise<Session>;
  /** Any query, for what has no method here. */
  ask<T>(query: string, variables?: Record<string, unknown>): Promise<T>;
}

/**
 * @example
 * const assay = connect({ graphql: 'http://localhost:4000/graphql' });
 * const session = await assay.openSession({ payer: wallet, deposit: 1_000_000n });
 * const { text } = await session.run({ target: { task: 'text-generation' }, input: { text: { prompt: 'Hello' } } });
 */
export function connect(endpoints: Endpoints): Assay {
  const link = createGraphqlLink(endpoints);
  return {
    network: () => readNetwork(link),
    quote: (request) => askQuote(link, request),
    openSession: (options) => openSession(endpoints, options),
    resumeSession: async (saved) => attachSession(endpoints, await readNetwork(link), saved),
    ask: (query, variables) => link.ask(query, variables),
  };
}
