import type { NetworkReader } from '../domain/network.ts';
import type { Providers } from '../domain/providers.ts';
import type { TransactionBuilder } from '../domain/transaction.ts';

export interface ProvidersContext {
  readonly providers: Providers;
  readonly network: NetworkReader;
  readonly transactions: TransactionBuilder;
}
