import type { JobResult } from '@assay/client';
import { digestOf, isSignedBy, lowerAddress, type Network } from '@assay/wire';

/** Recovers every receipt's signer, as anyone can; throws where one is not who it says. */
export function checkReceipts(network: Network, jobs: readonly JobResult[]): string {
  const escrow = network.contracts.SessionEscrow ?? '';
  const domain = { chainId: network.chainId, verifyingContract: lowerAddress(escrow) };
  const receipts = jobs.flatMap((job) => job.receipts);
  for (const receipt of receipts) {
    const { signer, signature, ticket } = receipt;
    if (!isSignedBy(signer, digestOf(domain, 'Receipt', receipt), signature)) {
      throw new Error(`the receipt of ticket ${ticket} is not signed by ${signer}`);
    }
  }
  if (receipts.length < jobs.length) throw new Error('a job came without a receipt');
  const signers = new Set(receipts.map(({ signer }) => signer));
  return `${receipts.length} valid, from ${signers.size} providers`;
}
