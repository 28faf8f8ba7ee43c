import type { Address, Hex, Optimise, Verification } from '@assay/wire';

/** What the client wants. `must` is never relaxed silently. */
export interface IntentRequest {
  readonly target: { readonly modelId: Hex } | { readonly task: string };
  readonly must?: {
    readonly maxPrice?: bigint;
    readonly maxLatencyMs?: number;
    readonly maxTtftMs?: number;
    readonly deadline?: Date;
    readonly regions?: readonly string[];
    readonly onlyProviders?: readonly Address[];
    readonly ignoreProviders?: readonly Address[];
    readonly verification?: Verification;
    readonly minTrust?: number;
    readonly maxGramsCO2?: number;
  };
  readonly prefer?:
    | { readonly optimise: Optimise }
    | { readonly weights: { readonly kappa: number; readonly eta: number } };
  readonly retries?: number;
}

/** The GraphQL form of an intent: amounts are decimal text, times ISO 8601. */
export function encodeIntent({ must, ...intent }: IntentRequest): object {
  if (must === undefined) return intent;
  const { maxPrice, deadline, ...plain } = must;
  return {
    ...intent,
    must: {
      ...plain,
      ...(maxPrice === undefined ? {} : { maxPrice: maxPrice.toString() }),
      ...(deadline === undefined ? {} : { deadline: deadline.toISOString() }),
    },
  };
}
