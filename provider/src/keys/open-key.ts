import { existsSync, readFileSync, statSync } from 'node:fs';
import { AssayError, type Hex } from '@assay/wire';
import { Wallet } from 'ethers';
import type { KeyConfig } from '../config.ts';
import { useNativeScrypt } from './use-native-scrypt.ts';

const PASSWORD_VARIABLE = 'ASSAY_KEYSTORE_PASSWORD';

/** Opens a key of the config. Throws P321 that says which file and why; never shows what is inside. */
export async function openKey(config: KeyConfig, environment: NodeJS.ProcessEnv): Promise<Hex> {
  if ('privateKeyFile' in config) return plainKey(config.privateKeyFile);
  const json = readSecret(config.keystoreFile);
  const fromEnvironment = environment[PASSWORD_VARIABLE];
  // Whoever moved the file away, as `init` advises, gives the variable instead.
  const { passwordFile } = config;
  const password =
    passwordFile && (fromEnvironment === undefined || existsSync(passwordFile))
      ? readSecret(passwordFile).replace(/\r?\n$/, '')
      : fromEnvironment;
  if (password === undefined)
    throw refused(
      config.keystoreFile,
      `no password: give passwordFile or set ${PASSWORD_VARIABLE}`,
    );
  useNativeScrypt();
  try {
    const wallet = await Wallet.fromEncryptedJson(json, password);
    return wallet.privateKey as Hex;
  } catch {
    throw refused(config.keystoreFile, 'wrong password, or not a keystore');
  }
}

/** The key of a plain file. Throws P321. */
export function plainKey(file: string): Hex {
  const text = readSecret(file).trim();
  const hex = text.startsWith('0x') ? text : `0x${text}`;
  if (!/^0x[0-9a-fA-F]{64}$/.test(hex)) throw refused(file, 'holds no 32-byte hex key');
  return hex.toLowerCase() as Hex;
}

/** The text of a file that only its owner may read. Throws P321. */
export function readSecret(file: string): string {
  try {
    const { mode } = statSync(file);
    if ((mode & 0o077) !== 0)
      throw refused(
        file,
        `others may read it (mode ${(mode & 0o777).toString(8)}); run: chmod 600 ${file}`,
      );
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof AssayError) throw cause;
    throw refused(
      file,
      (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'is missing' : 'cannot be read',
    );
  }
}

const refused = (file: string, reason: string): AssayError =>
  new AssayError('P321', { details: { file, reason } });
