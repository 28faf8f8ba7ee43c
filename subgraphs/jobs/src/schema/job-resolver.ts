import type { JobEvent } from '@assay/wire';
import {
  Arg,
  Ctx,
  FieldResolver,
  ID,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import type { Context } from './context.ts';
import { JobEventType } from './event-types.ts';
import { IntentInput } from './intent-inputs.ts';
import { JobInput } from './job-inputs.ts';
import { JobType, toJobType } from './job-type.ts';
import { parseId } from './parse-id.ts';
import { parseIntent } from './parse-intent.ts';
import { parsePayload } from './parse-payload.ts';
import { TensorType, toTensorType } from './tensor-type.ts';
import { toEventType } from './to-event-type.ts';

interface EventArguments {
  readonly jobId: string;
  readonly after: number;
}

@Resolver(() => JobType)
export class JobResolver {
  @Query(() => JobType, { nullable: true })
  async job(@Arg('id', () => ID) id: string, @Ctx() { market, identity }: Context) {
    const record = await market.job(parseId('id', id), identity);
    return record && toJobType(record);
  }

  @Mutation(() => JobType)
  async submitJob(
    @Arg('intent', () => IntentInput) intent: IntentInput,
    @Arg('input', () => JobInput) input: JobInput,
    @Arg('quoteId', () => ID, { nullable: true }) quoteId: string | undefined,
    @Arg('idempotencyKey', () => ID, { nullable: true }) idempotencyKey: string | undefined,
    @Ctx() { market, identity, readBlob }: Context,
  ) {
    const payload = await parsePayload(input, readBlob);
    const options = {
      ...(quoteId == null ? {} : { quoteId: parseId('quoteId', quoteId) }),
      ...(idempotencyKey == null ? {} : { idempotencyKey }),
    };
    return toJobType(await market.submit(parseIntent(intent), payload, identity, options));
  }

  @Mutation(() => JobType)
  async cancelJob(@Arg('id', () => ID) id: string, @Ctx() { market, identity }: Context) {
    return toJobType(await market.cancel(parseId('id', id), identity));
  }

  @Mutation(() => JobType)
  async rateJob(
    @Arg('id', () => ID) id: string,
    @Arg('rating', () => Int) rating: number,
    @Arg('tags', () => [String], { nullable: true }) _tags: readonly string[] | undefined,
    @Ctx() { market, identity }: Context,
  ) {
    return toJobType(await market.rate(parseId('id', id), rating, identity));
  }

  @Subscription(() => JobEventType, {
    description: 'Resumable from any instance: events after the given seq.',
    subscribe: ({ args, context }) => {
      const { jobId, after } = args as EventArguments;
      const { market, identity } = context as Context;
      return market.events(parseId('jobId', jobId), Math.max(0, after), identity);
    },
  })
  jobEvents(
    @Root() event: JobEvent,
    @Arg('jobId', () => ID) _jobId: string,
    @Arg('after', () => Int, { nullable: true, defaultValue: 0 }) _after: number,
  ): JobEventType {
    return toEventType(event) as JobEventType;
  }

  @FieldResolver(() => String, { nullable: true })
  async text(@Root() { id }: JobType, @Ctx() { market }: Context) {
    const texts = outputsOf(await market.outputs(id)).map((output) => output.text ?? '');
    return texts.some((text) => text !== '') ? texts.join('') : null;
  }

  @FieldResolver(() => [TensorType], { nullable: true })
  async tensors(@Root() { id }: JobType, @Ctx() { market }: Context) {
    const tensors = outputsOf(await market.outputs(id)).flatMap((output) => output.tensors ?? []);
    return tensors.length === 0 ? null : tensors.map(toTensorType);
  }
}

function outputsOf(events: readonly JobEvent[]) {
  return events.filter((event) => event.kind === 'JobOutput');
}
