import { AddressScalar, DateTimeScalar, mapIterator, pageSize } from '@assay/kit';
import type { Address } from '@assay/wire';
import { Arg, Ctx, Int, Query, Resolver, Root, Subscription } from 'type-graphql';
import { filterIterator } from '../domain/filter-iterator.ts';
import type {
  ActivityEvent as ActivityRecord,
  ScoreUpdate as UpdateRecord,
} from '../domain/reputations.ts';
import type { ReputationContext } from './context.ts';
import { Provider } from './entity-types.ts';
import { DisputeFilter, type Interval, IntervalEnum } from './inputs.ts';
import { ScoreUpdate } from './reputation-type.ts';
import { ActivityEvent, DisputeConnection, ProtocolStat, Slash, Staker } from './staking-type.ts';

@Resolver()
export class ReputationQueryResolver {
  @Query(() => Staker)
  staker(
    @Ctx() { reputations }: ReputationContext,
    @Arg('address', () => AddressScalar) address: Address,
  ) {
    return reputations.staker(address);
  }

  @Query(() => [Provider])
  leaderboard(
    @Ctx() { reputations }: ReputationContext,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first?: number,
  ) {
    return reputations.leaderboard(pageSize(first));
  }

  @Query(() => [Slash])
  slashes(
    @Ctx() { reputations }: ReputationContext,
    @Arg('provider', () => AddressScalar, { nullable: true }) provider?: Address,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first?: number,
  ) {
    return reputations.slashes(provider ?? undefined, pageSize(first));
  }

  @Query(() => DisputeConnection)
  disputes(
    @Ctx() { reputations }: ReputationContext,
    @Arg('filter', () => DisputeFilter, { nullable: true }) filter?: DisputeFilter,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first?: number,
    @Arg('after', () => String, { nullable: true }) after?: string,
  ) {
    return reputations.disputes(filter ?? {}, { first, after });
  }

  @Query(() => [ProtocolStat], { description: 'Oldest first; the current hour or day included.' })
  protocolStats(
    @Ctx() { reputations }: ReputationContext,
    @Arg('interval', () => IntervalEnum) interval: Interval,
    @Arg('from', () => DateTimeScalar, { nullable: true }) from?: Date,
    @Arg('to', () => DateTimeScalar, { nullable: true }) to?: Date,
  ) {
    return reputations.stats({ interval, from: from ?? undefined, to: to ?? undefined });
  }

  @Subscription(() => ScoreUpdate, {
    subscribe: ({ args, context }) => scoresOf(context as ReputationContext, args.ids),
  })
  providerScores(
    @Root() update: UpdateRecord,
    @Arg('ids', () => [AddressScalar], { nullable: true }) _ids?: Address[],
  ) {
    return update;
  }

  @Subscription(() => ActivityEvent, {
    subscribe: ({ context }) =>
      mapIterator((context as ReputationContext).news.activity(), (event) => event),
  })
  protocolActivity(@Root() event: ActivityRecord) {
    return event;
  }
}

function scoresOf({ news }: ReputationContext, ids: readonly Address[] | null | undefined) {
  const wanted = ids == null ? undefined : new Set(ids);
  return filterIterator(news.scores(), ({ providerId }) => wanted?.has(providerId) ?? true);
}
