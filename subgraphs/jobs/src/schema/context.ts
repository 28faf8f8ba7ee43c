import type { Identity } from '@assay/wire';
import type { StatementReader } from '../domain/statement.ts';
import type { Market } from '../market/market.ts';
import type { ReadBlob } from './parse-payload.ts';

/** What the resolvers may use. */
export interface Context {
  readonly identity: Identity;
  readonly market: Market;
  readonly statements: StatementReader;
  readonly readBlob: ReadBlob;
}
