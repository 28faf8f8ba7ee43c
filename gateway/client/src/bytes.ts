import type { Hex } from '@assay/wire';
import { decodeBase64, encodeBase64, getBytes, hexlify, randomBytes, sha256 } from 'ethers';

/** Bytes in the forms the API speaks; the same in browsers and in Node. */
export const toHex = (bytes: Uint8Array): Hex => hexlify(bytes) as Hex;
export const fromHex = (hex: Hex): Uint8Array => getBytes(hex);
export const hashOf = (bytes: Uint8Array): Hex => sha256(bytes) as Hex;
export const drawBytes = (length: number): Uint8Array => randomBytes(length);
export const toBase64 = (bytes: Uint8Array): string => encodeBase64(bytes);
export const fromBase64 = (text: string): Uint8Array => decodeBase64(text);
