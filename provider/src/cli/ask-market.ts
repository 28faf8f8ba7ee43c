import { AssayError } from '@assay/wire';
import { z } from 'zod';
import { MARKET_QUERIES } from './market-queries.ts';
import { type MarketView, parseMarketView } from './market-view.ts';

const PATIENCE_MS = 4_000;
const MOST_MODELS = 8;
const answerSchema = z.object({
  data: z.unknown(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});

export interface Marketplace {
  readonly url: string;
  readonly graphql?: string | undefined;
}

/** Where a marketplace answers everybody: by default beside its provider link. */
export function graphqlOf({ url, graphql }: Marketplace): string {
  if (graphql !== undefined) return graphql;
  const address = new URL('/graphql', url);
  address.protocol = address.protocol === 'wss:' ? 'https:' : 'http:';
  return address.href;
}

/** What the marketplace shows of a provider and of its rivals. Throws P307 where it cannot be asked. */
export async function askMarket(
  graphql: string,
  provider: string,
  models: readonly string[],
): Promise<MarketView> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const ask = (query: string, id: string) =>
    askGraphql(graphql, { query, variables: { id } }, signal);
  const [own, ...rivals] = await Promise.all([
    ask(MARKET_QUERIES.provider, provider),
    ...models.slice(0, MOST_MODELS).map((id) => ask(MARKET_QUERIES.model, id)),
  ]);
  return parseMarketView(own, rivals);
}

const networkSchema = z.object({ network: z.object({ gateway: z.string() }) });

/** The gateway that answers GraphQL there. Throws P307 where none does. */
export async function askWhose(graphql: string): Promise<string> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await askGraphql(graphql, { query: MARKET_QUERIES.network }, signal);
  return networkSchema.parse(answer).network.gateway.toLowerCase();
}

async function askGraphql(url: string, body: object, signal: AbortSignal): Promise<unknown> {
  const host = new URL(url).host;
  const unanswered = (reason: string, cause?: unknown): AssayError =>
    new AssayError('P307', {
      cause,
      details: { host, reason },
      hint: 'Set marketplaces[].graphql, if the marketplace answers GraphQL elsewhere.',
    });
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const response = await fetch(url, {
    ...{ method: 'POST', headers, signal, redirect: 'error' as const },
    body: JSON.stringify(body),
  }).catch((cause: unknown) => {
    throw unanswered('no answer', cause);
  });
  const text = await response.text().catch(() => '');
  const parsed = answerSchema.safeParse(jsonOf(text));
  if (!parsed.success) throw unanswered(`no GraphQL there (HTTP ${response.status})`);
  const { data, errors } = parsed.data;
  if (data) return data;
  throw unanswered(errors?.[0]?.message.slice(0, 200) ?? `HTTP ${response.status}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
