import { AssayError, type Hex, signerOf } from '@assay/wire';
import type { LoadedConfig } from '../load-config.ts';
import { askPassword } from './ask-password.ts';
import { givenPassword, OWNER_PASSWORD_VARIABLE } from './given-password.ts';
import { openKey, readSecret } from './open-key.ts';

export interface OwnerKeyFiles {
  /** A keystore, or a plain key. */
  readonly ownerKeyFile?: string;
  readonly ownerPasswordFile?: string;
}

/** Opens the cold key for the command that needs it, from the file named there or else the config's. Throws P321. */
export async function openOwnerKey(
  keys: LoadedConfig['keys'],
  files: OwnerKeyFiles,
  environment: NodeJS.ProcessEnv,
): Promise<Hex> {
  const key = await read(keys, files, environment);
  const { address } = signerOf(key);
  if (keys.provider === undefined || keys.provider === address) return key;
  throw new AssayError('P321', {
    details: { address, provider: keys.provider, reason: 'not the key of keys.provider' },
  });
}

async function read(
  { ownerKey }: LoadedConfig['keys'],
  { ownerKeyFile: file, ownerPasswordFile }: OwnerKeyFiles,
  environment: NodeJS.ProcessEnv,
): Promise<Hex> {
  if (file === undefined && ownerKey !== undefined) return openKey(ownerKey, environment);
  if (file === undefined)
    throw new AssayError('P321', {
      details: { reason: 'this needs the owner’s key: give --owner-key-file' },
    });
  if (!readSecret(file).trimStart().startsWith('{')) return openKey({ privateKeyFile: file }, {});
  const password =
    givenPassword(ownerPasswordFile, environment) ??
    (await askPassword(
      'Password of the owner’s key: ',
      `no password for ${file}: set ${OWNER_PASSWORD_VARIABLE}, or give --owner-password-file`,
    ));
  return openKey({ keystoreFile: file }, { ASSAY_KEYSTORE_PASSWORD: password });
}
