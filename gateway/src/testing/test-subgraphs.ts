import { createLog, createSubgraph, type ServableSubgraph } from '@assay/kit';
import { AssayError, type Identity } from '@assay/wire';
import {
  Arg,
  Ctx,
  Directive,
  Field,
  ID,
  Int,
  ObjectType,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';

/** Two small subgraphs for the gateway's own tests: jobs stream events, providers know entities. */
export const TEST_SECRET = 'a secret for tests that is long enough';

@ObjectType('Provider')
@Directive('@key(fields: "id")')
class ProviderReference {
  @Field(() => ID)
  readonly id!: string;
}

@ObjectType()
class TestEvent {
  @Field(() => Int)
  readonly seq!: number;
  @Field(() => ProviderReference)
  readonly provider!: ProviderReference;
}

@ObjectType('Provider')
@Directive('@key(fields: "id")')
class Provider {
  @Field(() => ID)
  readonly id!: string;
  @Field(() => String)
  readonly region!: string;
}

interface Context {
  readonly identity: Identity;
}

/** What a test sees of a subscription's source. */
export interface SourceProbe {
  opened: number;
  closed: number;
  /** Resolves at the next open, or at once where one is open. */
  nextOpen(): Promise<void>;
  /** Resolves at the next close. */
  nextClose(): Promise<void>;
  emit(event: { seq: number; provider: { id: string } }): void;
}

function createProbe(): SourceProbe & { open(): AsyncIterableIterator<unknown> } {
  const emitters = new Set<(event: unknown) => void>();
  let opening = Promise.withResolvers<void>();
  let closing = Promise.withResolvers<void>();
  const probe = {
    opened: 0,
    closed: 0,
    nextOpen: () => opening.promise,
    nextClose: () => closing.promise,
    emit: (event: unknown) => {
      for (const emit of emitters) emit(event);
    },
    open() {
      probe.opened += 1;
      const queue: unknown[] = [];
      let waiting: ((result: IteratorResult<unknown>) => void) | undefined;
      const emit = (event: unknown) => {
        if (waiting === undefined) queue.push(event);
        else waiting({ done: false, value: event });
        waiting = undefined;
      };
      emitters.add(emit);
      opening.resolve();
      return {
        next: () =>
          queue.length > 0
            ? Promise.resolve({ done: false, value: queue.shift() })
            : new Promise<IteratorResult<unknown>>((resolve) => {
                waiting = resolve;
              }),
        async return() {
          if (emitters.delete(emit)) {
            probe.closed += 1;
            closing.resolve();
            closing = Promise.withResolvers();
            if (emitters.size === 0) opening = Promise.withResolvers();
          }
          waiting?.({ done: true, value: undefined });
          return { done: true as const, value: undefined };
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      } as AsyncIterableIterator<unknown>;
    },
  };
  return probe;
}

export interface TestSubgraphs {
  readonly all: readonly ServableSubgraph[];
  readonly probe: SourceProbe;
}

export async function createTestSubgraphs(): Promise<TestSubgraphs> {
  const probe = createProbe();
  const log = createLog('test', 'silent');
  const shared = {
    identitySecret: TEST_SECRET,
    log,
    createContext: (identity: Identity) => ({ identity }),
  };

  @Resolver()
  class JobsResolver {
    @Query(() => ProviderReference)
    anyProvider(): ProviderReference {
      return { id: 'p1' };
    }
    @Query(() => [ProviderReference])
    manyProviders(@Arg('first', () => Int, { defaultValue: 20 }) first: number) {
      return Array.from({ length: first }, (_, index) => ({ id: `p${index}` }));
    }
    @Query(() => String)
    whoAmI(@Ctx() { identity }: Context): string {
      return identity.tokenHash ?? 'nobody';
    }
    @Query(() => String, { nullable: true })
    refuse(): string {
      throw new AssayError('I104', { details: { id: 'x' } });
    }
    @Query(() => String, { nullable: true })
    crash(): string {
      throw new TypeError('secret detail in /etc/passwd');
    }
    @Subscription(() => TestEvent, { subscribe: () => probe.open() as AsyncIterable<TestEvent> })
    events(@Root() event: TestEvent): TestEvent {
      return event;
    }
  }

  @Resolver(() => Provider)
  class ProviderResolver {
    @Query(() => Provider)
    provider(@Arg('id', () => ID) id: string): Provider {
      return { id, region: 'eu' };
    }
  }

  const jobs = await createSubgraph({ ...shared, name: 'jobs', resolvers: [JobsResolver] });
  const providers = await createSubgraph({
    ...shared,
    name: 'providers',
    resolvers: [ProviderResolver],
    references: {
      Provider: ({ id }) => {
        if (id === 'gone') throw new AssayError('X500');
        return { id, region: 'eu' };
      },
    },
  });
  return { all: [jobs, providers], probe };
}
