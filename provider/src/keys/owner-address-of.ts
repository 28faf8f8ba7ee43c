import { type Address, AssayError, lowerAddress, signerOf } from '@assay/wire';
import { plainKey, readSecret } from './open-key.ts';

/** Whose key a file holds; a keystore says it without its password. Throws P321. */
export function ownerAddressOf(file: string): Address {
  const text = readSecret(file).trim();
  if (!text.startsWith('{')) return signerOf(plainKey(file)).address;
  const address = addressIn(text);
  if (address !== undefined) return lowerAddress(`0x${address}`);
  throw new AssayError('P321', { details: { file, reason: 'a keystore that names no address' } });
}

function addressIn(text: string): string | undefined {
  try {
    const { address } = JSON.parse(text) as { address?: unknown };
    return /^(0x)?([0-9a-fA-F]{40})$/.exec(String(address))?.[2];
  } catch {
    return undefined;
  }
}
