import { type Address, AssayError, type Deployment } from '@assay/wire';
import { registryAbi } from '../chain/abi.ts';
import type { Chain } from '../chain/chain.ts';

const NOBODY = `0x${'00'.repeat(20)}`;

/** Whose receipt key this is, and that it is the one registered now. Throws P322. */
export async function identifyProvider(
  { chain, deployment }: { readonly chain: Chain; readonly deployment: Deployment },
  receiptKey: Address,
  configured: Address | undefined,
): Promise<Address> {
  const to = deployment.contracts.ProviderRegistry;
  const owner = String(
    await chain.call({ to, abi: registryAbi, name: 'ownerOfKey', args: [receiptKey] }),
  ).toLowerCase() as Address;
  if (owner === NOBODY)
    throw new AssayError('P322', {
      details: { receiptKey, reason: 'the receipt key is not registered' },
    });
  if (configured !== undefined && configured !== owner)
    throw new AssayError('P322', {
      details: {
        receiptKey,
        owner,
        configured,
        reason: 'the receipt key belongs to another provider',
      },
    });
  const current = String(
    await chain.call({ to, abi: registryAbi, name: 'keyOf', args: [owner] }),
  ).toLowerCase();
  if (current !== receiptKey)
    throw new AssayError('P322', {
      details: { receiptKey, current, reason: 'the receipt key was replaced by another' },
    });
  return owner;
}
