import { AssayError } from '@assay/wire';
import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { Context } from './context.ts';
import { IntentInput, SizeInput } from './intent-inputs.ts';
import { parseId } from './parse-id.ts';
import { parseIntent } from './parse-intent.ts';
import { QuoteType, RouteExplanationType } from './quote-types.ts';

const MAX_UNITS = 2n ** 40n;

@Resolver()
export class QuoteResolver {
  @Query(() => QuoteType)
  quote(
    @Arg('intent', () => IntentInput) intent: IntentInput,
    @Arg('size', () => SizeInput, { nullable: true }) size: SizeInput | undefined,
    @Ctx() { market }: Context,
  ) {
    const units = size?.units ?? undefined;
    if (units !== undefined && (units < 1n || units > MAX_UNITS))
      throw new AssayError('I100', { details: { field: 'size.units', given: `${units}` } });
    return market.quote(parseIntent(intent), units);
  }

  @Query(() => RouteExplanationType, { nullable: true })
  async routeExplanation(
    @Arg('jobId', () => ID) jobId: string,
    @Ctx() { market, identity }: Context,
  ): Promise<RouteExplanationType | null> {
    const json = await market.route(parseId('jobId', jobId), identity);
    return json === undefined ? null : JSON.parse(json);
  }
}
