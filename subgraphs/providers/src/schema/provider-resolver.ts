import { AddressScalar, HexScalar } from '@assay/kit';
import type { Address } from '@assay/wire';
import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import type { ProviderOrder } from '../domain/order-providers.ts';
import type { Provider as ProviderRecord } from '../domain/provider.ts';
import type { ProvidersContext } from './context.ts';
import { OfferConnection } from './offer-type.ts';
import { ProviderFilter, ProviderOrderEnum } from './provider-filter.ts';
import { Provider, ProviderConnection, ProviderEnergy, ProviderLive } from './provider-type.ts';

@Resolver(() => Provider)
export class ProviderResolver {
  @Query(() => ProviderConnection)
  providers(
    @Ctx() { providers }: ProvidersContext,
    @Arg('filter', () => ProviderFilter, { nullable: true }) filter: ProviderFilter | undefined,
    @Arg('orderBy', () => ProviderOrderEnum, { nullable: true, defaultValue: 'SCORE' })
    orderBy: ProviderOrder,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first?: number,
    @Arg('after', () => String, { nullable: true }) after?: string,
  ) {
    return providers.list(filter ?? {}, orderBy, { first, after });
  }

  @Query(() => Provider, { nullable: true })
  provider(@Ctx() { providers }: ProvidersContext, @Arg('id', () => AddressScalar) id: Address) {
    return providers.find(id);
  }

  @FieldResolver(() => String, { nullable: true })
  async region(@Ctx() { providers }: ProvidersContext, @Root() { id, region }: ProviderRecord) {
    return region ?? (await providers.live(id))?.region;
  }

  @FieldResolver(() => [HexScalar])
  execClasses(@Root() { execClasses }: ProviderRecord) {
    return execClasses;
  }

  @FieldResolver(() => ProviderLive, { nullable: true, description: 'Null while not connected.' })
  async live(@Ctx() { providers }: ProvidersContext, @Root() { id }: ProviderRecord) {
    const live = await providers.live(id);
    return live && { ...live, heartbeatAgeMs: Math.max(0, Date.now() - live.heartbeatAt) };
  }

  @FieldResolver(() => String, { nullable: true })
  async hardware(@Ctx() { providers }: ProvidersContext, @Root() { id }: ProviderRecord) {
    return (await providers.live(id))?.hardware;
  }

  @FieldResolver(() => ProviderEnergy)
  async energy(@Ctx() { providers }: ProvidersContext, @Root() { id }: ProviderRecord) {
    return (await providers.live(id))?.energy ?? { method: 'unavailable' };
  }

  @FieldResolver(() => OfferConnection)
  offers(
    @Ctx() { providers }: ProvidersContext,
    @Root() { id }: ProviderRecord,
    @Arg('first', () => Int, { nullable: true }) first?: number,
    @Arg('after', () => String, { nullable: true }) after?: string,
  ) {
    return providers.offersOf(id, { first, after });
  }
}
