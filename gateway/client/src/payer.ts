import type { SigningDomain } from './typed-data.ts';

/** Who pays: every ethers Signer is one, and so is any wallet that signs typed data. */
export interface Payer {
  getAddress(): Promise<string>;
  signTypedData(
    domain: SigningDomain,
    types: Record<string, { name: string; type: string }[]>,
    value: Record<string, unknown>,
  ): Promise<string>;
}
