import type { Address, Hex, ProviderLive } from '@assay/wire';
import type { ProviderOrder } from './order-providers.ts';
import type { Provider } from './provider.ts';

export interface ProviderQuery {
  readonly modelId?: string | null;
  readonly region?: string | null;
  readonly minScore?: number | null;
  readonly maxPrice?: bigint | null;
  readonly execClass?: Hex | null;
  readonly liveOnly?: boolean | null;
  readonly hardware?: string | null;
  readonly measuredEnergy?: boolean | null;
}

export interface PageQuery {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** What the schema may ask of providers; one object an operation, so that equal questions are asked once. */
export interface Providers {
  list(query: ProviderQuery, order: ProviderOrder, page: PageQuery): Promise<object>;
  find(id: Address): Promise<Provider | undefined>;
  /** Undefined while it is not connected. */
  live(id: Address): Promise<ProviderLive | undefined>;
  offersOf(provider: Address, page: PageQuery): Promise<object>;
  offersFor(modelId: Hex, page: PageQuery): Promise<object>;
}
