import { DateTimeScalar } from '@assay/kit';
import { FieldResolver, Resolver, Root } from 'type-graphql';
import type { ActivityEvent as ActivityRecord } from '../domain/reputations.ts';
import type {
  Dispute as DisputeRecord,
  Slash as SlashRecord,
  Thaw as ThawRecord,
} from '../domain/staking.ts';
import { Provider } from './entity-types.ts';
import { ActivityEvent, Delegation, Dispute, Slash, Thaw } from './staking-type.ts';

const seconds = (value: number | undefined) => (value === undefined ? undefined : value * 1_000);

@Resolver(() => Slash)
export class SlashResolver {
  @FieldResolver(() => Provider)
  provider(@Root() { providerId }: SlashRecord) {
    return { id: providerId };
  }

  @FieldResolver(() => DateTimeScalar)
  at(@Root() { at }: SlashRecord) {
    return seconds(at);
  }
}

@Resolver(() => Delegation)
export class DelegationResolver {
  @FieldResolver(() => Provider)
  provider(@Root() { providerId }: SlashRecord) {
    return { id: providerId };
  }
}

@Resolver(() => Thaw)
export class ThawResolver {
  @FieldResolver(() => Provider)
  provider(@Root() { providerId }: ThawRecord) {
    return { id: providerId };
  }

  @FieldResolver(() => DateTimeScalar)
  withdrawableAt(@Root() { withdrawableAt }: ThawRecord) {
    return seconds(withdrawableAt);
  }
}

@Resolver(() => Dispute)
export class DisputeResolver {
  @FieldResolver(() => Provider)
  provider(@Root() { providerId }: DisputeRecord) {
    return { id: providerId };
  }

  @FieldResolver(() => DateTimeScalar)
  openedAt(@Root() { openedAt }: DisputeRecord) {
    return seconds(openedAt);
  }

  @FieldResolver(() => DateTimeScalar, { nullable: true })
  deadline(@Root() { deadline }: DisputeRecord) {
    return seconds(deadline);
  }

  @FieldResolver(() => DateTimeScalar, { nullable: true })
  resolvedAt(@Root() { resolvedAt }: DisputeRecord) {
    return seconds(resolvedAt);
  }
}

@Resolver(() => ActivityEvent)
export class ActivityResolver {
  @FieldResolver(() => Provider, { nullable: true })
  provider(@Root() { providerId }: ActivityRecord) {
    return providerId && { id: providerId };
  }

  @FieldResolver(() => DateTimeScalar)
  at(@Root() { at }: ActivityRecord) {
    return seconds(at);
  }
}
