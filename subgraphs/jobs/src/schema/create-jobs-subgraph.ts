import {
  createSubgraph,
  type Log,
  type Metrics,
  type SchemaParts,
  type ServableSubgraph,
} from '@assay/kit';
import type { StatementReader } from '../domain/statement.ts';
import type { Market } from '../market/market.ts';
import type { Context } from './context.ts';
import { EVENT_TYPES } from './event-types.ts';
import { JobResolver } from './job-resolver.ts';
import type { ReadBlob } from './parse-payload.ts';
import { QuoteResolver } from './quote-resolver.ts';
import { SessionResolver } from './session-resolver.ts';
import { StatementResolver } from './statement-resolver.ts';
import { ModelStub, ProviderStub } from './stubs.ts';
import { VoucherResolver } from './voucher-resolver.ts';

/** The classes behind this subgraph's part of the API. */
export const jobsSchema: SchemaParts<Context> = {
  resolvers: [JobResolver, QuoteResolver, SessionResolver, StatementResolver, VoucherResolver],
  orphanedTypes: [...EVENT_TYPES, ModelStub, ProviderStub],
};

/** The jobs part of the supergraph, over a market. */
export function createJobsSubgraph(options: {
  readonly market: Market;
  readonly statements: StatementReader;
  readonly readBlob: ReadBlob;
  readonly identitySecret: string;
  readonly metrics: Metrics;
  readonly log: Log;
}): Promise<ServableSubgraph> {
  const { market, statements, readBlob, identitySecret, metrics, log } = options;
  return createSubgraph<Context>({
    name: 'jobs',
    ...jobsSchema,
    createContext: (identity) => ({ identity, market, statements, readBlob }),
    identitySecret,
    metrics,
    log,
  });
}
