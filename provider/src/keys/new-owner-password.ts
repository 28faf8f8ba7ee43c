import { AssayError } from '@assay/wire';
import { askPassword } from './ask-password.ts';
import { givenPassword, OWNER_PASSWORD_VARIABLE } from './given-password.ts';

const HOW = `no password for the new owner’s key: set ${OWNER_PASSWORD_VARIABLE}, give --owner-password-file, or bring a key with --owner-key-file`;

/** The password for a new owner's keystore: from a file, the environment, or asked for twice. Throws P321. */
export async function newOwnerPassword(
  file: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const given = givenPassword(file, environment);
  const password = given ?? (await askPassword('Password for the new owner’s key: ', HOW));
  if (password === '') throw refused('the owner’s password is empty');
  if (given === undefined && (await askPassword('The same again: ', HOW)) !== password)
    throw refused('the two passwords differ');
  return password;
}

const refused = (reason: string): AssayError => new AssayError('P321', { details: { reason } });
