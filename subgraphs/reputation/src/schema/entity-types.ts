import { AddressScalar } from '@assay/kit';
import type { Address, Hex } from '@assay/wire';
import { Directive, Field, ID, ObjectType } from 'type-graphql';

@ObjectType()
@Directive('@key(fields: "id")')
export class Provider {
  @Field(() => AddressScalar)
  readonly id!: Address;
}

@ObjectType()
@Directive('@key(fields: "id")')
export class Model {
  @Field(() => ID)
  readonly id!: Hex;
}
