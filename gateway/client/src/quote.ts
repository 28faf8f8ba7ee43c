import type { GraphqlLink } from './graphql-link.ts';
import { encodeIntent, type IntentRequest } from './intent.ts';

/** A free, firm answer to an intent. */
export interface Quote {
  readonly id: string;
  readonly feasible: boolean;
  readonly price: bigint | undefined;
  readonly latencyP50Ms: number | undefined;
  readonly latencyP90Ms: number | undefined;
  readonly providers: number;
  readonly expiresAt: Date;
  /** The hard limit that binds, and the cheapest way to relax it. */
  readonly binding: string | undefined;
  readonly relaxation:
    | { readonly constraint: string; readonly to: string; readonly price: bigint }
    | undefined;
}

export interface QuoteRequest extends IntentRequest {
  readonly size?: { readonly bytes?: bigint; readonly units?: bigint };
}

interface RawQuote {
  readonly id: string;
  readonly feasible: boolean;
  readonly price: string | null;
  readonly latencyP50Ms: number | null;
  readonly latencyP90Ms: number | null;
  readonly providers: number;
  readonly expiresAt: string;
  readonly binding: string | null;
  readonly relaxation: { constraint: string; to: string; price: string } | null;
}

const QUOTE = `query Quote($intent: IntentInput!, $size: SizeInput) { quote(intent: $intent, size: $size) {
  id feasible price latencyP50Ms latencyP90Ms providers expiresAt binding relaxation { constraint to price }
} }`;

export async function askQuote(
  link: GraphqlLink,
  { size, ...intent }: QuoteRequest,
): Promise<Quote> {
  const variables = {
    intent: encodeIntent(intent),
    size: size && { bytes: size.bytes?.toString(), units: size.units?.toString() },
  };
  const { quote } = await link.ask<{ quote: RawQuote }>(QUOTE, variables);
  const { price, latencyP50Ms, latencyP90Ms, expiresAt, binding, relaxation } = quote;
  return {
    ...quote,
    price: price === null ? undefined : BigInt(price),
    latencyP50Ms: latencyP50Ms ?? undefined,
    latencyP90Ms: latencyP90Ms ?? undefined,
    expiresAt: new Date(expiresAt),
    binding: binding ?? undefined,
    relaxation:
      relaxation === null ? undefined : { ...relaxation, price: BigInt(relaxation.price) },
  };
}
