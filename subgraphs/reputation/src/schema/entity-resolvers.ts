import type { Address, Hex } from '@assay/wire';
import { Ctx, FieldResolver, Float, Resolver, Root } from 'type-graphql';
import type { ReputationContext } from './context.ts';
import { Model, Provider } from './entity-types.ts';
import { Reputation } from './reputation-type.ts';
import { ProviderStaking } from './staking-type.ts';

/** Standing and stake, contributions to the entity that `providers` owns. */
@Resolver(() => Provider)
export class ProviderReputationResolver {
  @FieldResolver(() => Reputation, { nullable: true })
  async reputation(@Ctx() { reputations }: ReputationContext, @Root() { id }: { id: Address }) {
    const [reputation, freshness] = await Promise.all([
      reputations.reputation(id),
      reputations.freshness(),
    ]);
    return reputation && { ...reputation, freshness };
  }

  @FieldResolver(() => ProviderStaking, { nullable: true })
  async staking(@Ctx() { reputations }: ReputationContext, @Root() { id }: { id: Address }) {
    const staking = await reputations.staking(id);
    return staking && { ...staking, providerId: id };
  }
}

@Resolver(() => ProviderStaking)
export class YieldResolver {
  @FieldResolver(() => Float, { nullable: true, description: YEARLY('7') })
  async yield7d(@Ctx() { reputations }: ReputationContext, @Root() { providerId }: Rooted) {
    return (await reputations.yields(providerId)).yield7d;
  }

  @FieldResolver(() => Float, { nullable: true, description: YEARLY('30') })
  async yield30d(@Ctx() { reputations }: ReputationContext, @Root() { providerId }: Rooted) {
    return (await reputations.yields(providerId)).yield30d;
  }

  @FieldResolver(() => Float, { nullable: true, description: YEARLY('90') })
  async yield90d(@Ctx() { reputations }: ReputationContext, @Root() { providerId }: Rooted) {
    return (await reputations.yields(providerId)).yield90d;
  }
}

interface Rooted {
  readonly providerId: Address;
}

function YEARLY(days: string): string {
  return `Yearly payment tokens of one delegated stake token over ${days} days, net of slashes.`;
}

@Resolver(() => Model)
export class ModelTrustResolver {
  @FieldResolver(() => Float, {
    nullable: true,
    description: 'Trust of its most trusted provider; null while nobody offers it.',
  })
  trust(@Ctx() { reputations }: ReputationContext, @Root() { id }: { id: Hex }) {
    return reputations.modelTrust(id);
  }
}
