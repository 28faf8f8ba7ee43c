import { BigIntScalar, DateTimeScalar } from '@assay/kit';
import type { Hex } from '@assay/wire';
import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { Offer as OfferRecord } from '../domain/provider.ts';
import type { ProvidersContext } from './context.ts';
import { Offer, OfferConnection } from './offer-type.ts';
import { Model, Provider } from './provider-type.ts';

@Resolver(() => Offer)
export class OfferResolver {
  @FieldResolver(() => Provider)
  async provider(@Ctx() { providers }: ProvidersContext, @Root() { providerId }: OfferRecord) {
    return (await providers.find(providerId)) ?? unknownProvider(providerId);
  }

  @FieldResolver(() => Model)
  model(@Root() { modelId }: OfferRecord) {
    return { id: modelId };
  }

  @FieldResolver(() => BigIntScalar, {
    nullable: true,
    description: 'What it asks now; null while not connected.',
  })
  async livePrice(@Ctx() { providers }: ProvidersContext, @Root() offer: OfferRecord) {
    const live = await providers.live(offer.providerId);
    return live?.offers.find(({ offerId }) => offerId === offer.id)?.livePrice;
  }

  @FieldResolver(() => DateTimeScalar, { nullable: true })
  validUntil(@Root() { validUntil }: OfferRecord) {
    return validUntil * 1_000;
  }
}

/** Offers for a model, a contribution to the entity that `models` owns. */
@Resolver(() => Model)
export class ModelOffersResolver {
  @FieldResolver(() => OfferConnection, { description: 'Open offers, lowest ceiling first.' })
  offers(
    @Ctx() { providers }: ProvidersContext,
    @Root() { id }: { id: Hex },
    @Arg('first', () => Int, { nullable: true }) first?: number,
    @Arg('after', () => String, { nullable: true }) after?: string,
  ) {
    return providers.offersFor(id, { first, after });
  }
}

/** For a provider that a job names before the index has it. */
export function unknownProvider(id: Hex) {
  return { id, region: undefined, execClasses: [] };
}
