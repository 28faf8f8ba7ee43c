import { readSecret } from './open-key.ts';

export const OWNER_PASSWORD_VARIABLE = 'ASSAY_OWNER_PASSWORD';

/** The owner's password from a file or the environment, or undefined where it has to be asked for. */
export function givenPassword(
  file: string | undefined,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  if (file !== undefined) return readSecret(file).replace(/\r?\n$/, '');
  return environment[OWNER_PASSWORD_VARIABLE];
}
