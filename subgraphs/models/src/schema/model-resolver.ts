import type { Hex } from '@assay/wire';
import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import type { Model as ModelRecord } from '../domain/model.ts';
import type { ModelsContext } from './context.ts';
import { ModelFilter } from './model-filter.ts';
import { Model, ModelConnection } from './model-type.ts';

@Resolver(() => Model)
export class ModelResolver {
  @Query(() => ModelConnection)
  models(
    @Ctx() { models }: ModelsContext,
    @Arg('filter', () => ModelFilter, { nullable: true }) filter?: ModelFilter,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first?: number,
    @Arg('after', () => String, { nullable: true }) after?: string,
  ) {
    return models.search(filter ?? {}, { first, after });
  }

  @Query(() => Model, { nullable: true })
  model(@Ctx() { models }: ModelsContext, @Arg('id', () => ID) id: string) {
    return models.find(id.toLowerCase() as Hex);
  }

  @FieldResolver(() => [Model], { description: 'All versions, oldest first, this one included.' })
  lineage(@Ctx() { models }: ModelsContext, @Root() { lineageId }: ModelRecord) {
    return models.lineage(lineageId);
  }

  @FieldResolver(() => [Model], {
    description: 'Other models with the very same weights, oldest first.',
  })
  duplicates(@Ctx() { models }: ModelsContext, @Root() model: ModelRecord) {
    return models.duplicates(model);
  }
}
