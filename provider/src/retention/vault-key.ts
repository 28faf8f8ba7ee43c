import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { AssayError } from '@assay/wire';
import { readSecret } from '../keys/open-key.ts';

const KEY = /^[0-9a-f]{64}$/;

/** The vault's own key, made at the first start: replacing the receipt key loses nothing. Throws P321. */
export function openVaultKey(file: string): Buffer {
  if (!exists(file)) create(file);
  const text = readSecret(file).trim();
  if (KEY.test(text)) return Buffer.from(text, 'hex');
  throw new AssayError('P321', {
    details: { file, reason: 'holds no key of 64 hex digits' },
    hint: 'Move it away, and what is in the vault cannot be read any more; a new key is made at the next start.',
  });
}

/** A key half written would shut the vault for ever: it appears whole or not at all. */
function create(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, randomBytes(32).toString('hex'), { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
}

function exists(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}
