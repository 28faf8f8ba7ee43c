import { AddressScalar } from '@assay/kit';
import type { Address } from '@assay/wire';
import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { parseAction } from '../domain/staking-action.ts';
import type { ProvidersContext } from './context.ts';
import { Network, TransactionRequest } from './network-type.ts';
import { ActionInput } from './provider-filter.ts';

@Resolver()
export class NetworkResolver {
  @Query(() => Network)
  network(@Ctx() { network }: ProvidersContext) {
    return network.read();
  }

  @Query(() => TransactionRequest)
  transaction(
    @Ctx() { transactions }: ProvidersContext,
    @Arg('action', () => ActionInput) action: ActionInput,
    @Arg('from', () => AddressScalar) from: Address,
  ) {
    return transactions.build(parseAction(action), from);
  }
}
