import { createLog, createSubgraph, type ServableSubgraph } from '@assay/kit';
import {
  Directive,
  Field,
  FieldResolver,
  Float,
  ID,
  Int,
  ObjectType,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import { createBoundedQueue } from '../../src/stream/bounded-queue.ts';
import { BENCH_SECRET } from './federated-market.ts';
import { PROVIDERS, scoreOf } from './market-data.ts';

export interface BenchEvent {
  readonly seq: number;
  /** Epoch ms with a fraction, when it was published. */
  readonly at: number;
  readonly text: string;
  readonly provider: { readonly id: string };
}

/** Publishes events to whoever subscribes. */
export interface Publisher {
  readonly open: () => number;
  publish(count: number): void;
  subscribe(): AsyncIterable<BenchEvent>;
}

export function createPublisher(): Publisher {
  const queues = new Set<ReturnType<typeof createBoundedQueue<BenchEvent>>>();
  let seq = 0;
  return {
    open: () => queues.size,
    publish(count) {
      for (let left = count; left > 0; left--) {
        seq += 1;
        const at = performance.timeOrigin + performance.now();
        const provider = { id: `p${seq % PROVIDERS.length}` };
        const event = { seq, at, text: 'a few tokens of text', provider };
        for (const queue of queues) queue.push(event);
      }
    },
    subscribe() {
      const queue = createBoundedQueue<BenchEvent>({
        limit: 100_000,
        overflow: () => ({ seq: -1, at: 0, text: '', provider: { id: 'p0' } }),
        release: () => void queues.delete(queue),
      });
      queues.add(queue);
      return queue;
    },
  };
}

@ObjectType('Provider')
@Directive('@key(fields: "id")')
class StreamProvider {
  @Field(() => ID)
  readonly id!: string;
}

@ObjectType()
export class Streamed {
  @Field(() => Int)
  readonly seq!: number;
  @Field(() => Float)
  readonly at!: number;
  @Field(() => String)
  readonly text!: string;
  @Field(() => StreamProvider)
  readonly provider!: StreamProvider;
}

@ObjectType('Provider')
@Directive('@key(fields: "id")')
class RegionProvider {
  @Field(() => ID)
  readonly id!: string;
  @Field(() => String)
  readonly region!: string;
}

@ObjectType('Provider')
@Directive('@key(fields: "id")')
class StreamScore {
  @Field(() => ID)
  readonly id!: string;
}

/** The resolver of the stream itself, for the subgraph and for the plain server beside it. */
// biome-ignore lint/complexity/noBannedTypes: type-graphql takes classes as Function
export function streamResolver(publisher: Publisher): Function {
  @Resolver()
  class StreamResolver {
    @Query(() => String)
    ping() {
      return 'pong';
    }
    @Subscription(() => Streamed, {
      subscribe: () => publisher.subscribe() as AsyncIterable<Streamed>,
    })
    events(@Root() event: Streamed): Streamed {
      return event;
    }
  }
  return StreamResolver;
}

@Resolver(() => RegionProvider)
class RegionResolver {
  @Query(() => RegionProvider)
  anyProvider() {
    return PROVIDERS[0];
  }
}

@Resolver(() => StreamScore)
class StreamScoreResolver {
  @Query(() => Float)
  bestScore() {
    return 1;
  }
  @FieldResolver(() => Float)
  score(@Root() { id }: StreamScore) {
    return scoreOf(id);
  }
}

/** A stream in one subgraph whose provider is known to two others. */
export function createStreamMarket(publisher: Publisher): Promise<ServableSubgraph[]> {
  const shared = {
    identitySecret: BENCH_SECRET,
    log: createLog('bench', 'silent'),
    createContext: () => ({}),
  };
  const same = (reference: Record<string, unknown>) => reference;
  const region = ({ id }: Record<string, unknown>) =>
    PROVIDERS.find((provider) => provider.id === id);
  return Promise.all([
    createSubgraph({ ...shared, name: 'jobs', resolvers: [streamResolver(publisher)] }),
    createSubgraph({
      ...shared,
      name: 'providers',
      resolvers: [RegionResolver],
      references: { Provider: region },
    }),
    createSubgraph({
      ...shared,
      name: 'reputation',
      resolvers: [StreamScoreResolver],
      orphanedTypes: [StreamScore],
      references: { Provider: same },
    }),
  ]);
}
