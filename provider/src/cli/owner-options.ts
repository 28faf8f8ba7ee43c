export const OWNER_KEY_OPTION = [
  '--owner-key-file <file>',
  'the owner’s key: a keystore, or a plain key of mode 0600; default: keys.ownerKey of the config',
] as const;

export const OWNER_PASSWORD_OPTION = [
  '--owner-password-file <file>',
  'the keystore’s password; default: ASSAY_OWNER_PASSWORD, or asked',
] as const;

export interface OwnerOptions {
  readonly ownerKeyFile?: string;
  readonly ownerPasswordFile?: string;
}
