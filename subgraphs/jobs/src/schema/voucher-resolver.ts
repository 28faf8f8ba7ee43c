import { AssayError } from '@assay/wire';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Context } from './context.ts';
import { parseId } from './parse-id.ts';
import { Voucher, VoucherInput } from './voucher-types.ts';

const MAX_VOUCHERS = 100;

@Resolver()
export class VoucherResolver {
  @Mutation(() => [Voucher])
  async submitVouchers(
    @Arg('vouchers', () => [VoucherInput]) vouchers: readonly VoucherInput[],
    @Ctx() { market, identity }: Context,
  ) {
    if (vouchers.length > MAX_VOUCHERS)
      throw new AssayError('I100', { details: { field: 'vouchers', allowed: MAX_VOUCHERS } });
    const parsed = vouchers.map(({ sessionId, offerId, cumulative, signature }) => ({
      sessionId: parseId('sessionId', sessionId),
      offerId: parseId('offerId', offerId),
      cumulative,
      signature,
    }));
    const payments = await market.submitVouchers(parsed, identity);
    return payments.map(({ receipts, ...payment }) => ({ ...payment, receiptsRoot: receipts }));
  }
}
