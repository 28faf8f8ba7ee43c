import { AddressScalar } from '@assay/kit';
import type { Address, Hex } from '@assay/wire';
import { Directive, Field, ID, ObjectType } from 'type-graphql';

/** Only the key: the models subgraph answers the rest. */
@ObjectType('Model')
@Directive('@key(fields: "id", resolvable: false)')
export class ModelStub {
  @Field(() => ID)
  readonly id!: Hex;
}

/** Only the key: the providers and reputation subgraphs answer the rest. */
@ObjectType('Provider')
@Directive('@key(fields: "id", resolvable: false)')
export class ProviderStub {
  @Field(() => AddressScalar)
  readonly id!: Address;
}
