import { type Address, signerOf } from '@assay/wire';
import type { KeyConfig } from '../config.ts';
import { openKey } from '../keys/open-key.ts';
import type { Visit } from './doctor-finding.ts';
import { doctorReason } from './doctor-reason.ts';

const NEW_RECEIPT_KEY =
  'Correct keys.receiptKey and its password. Lost for good: `assay-provider init --dir ANOTHER-FOLDER` makes a new key; put its receipt.keystore.json and receipt.password in place of the old ones and run `assay-provider register`.';
const OWNER_KEY =
  'Correct keys.ownerKey and its password, or remove it: only register, stake, thaw and votes as a juror need it.';

/** Whether the keys open, and whether nobody else can read them. Answers the receipt key's address. */
export async function checkKeys(visit: Visit): Promise<Address | undefined> {
  const { receiptKey, ownerKey } = visit.config.keys;
  if (ownerKey !== undefined) await checkKey(visit, 'owner key', ownerKey, OWNER_KEY);
  return checkKey(visit, 'receipt key', receiptKey, NEW_RECEIPT_KEY);
}

async function checkKey(
  { environment, machine, add }: Visit,
  subject: string,
  key: KeyConfig,
  fix: string,
): Promise<Address | undefined> {
  const open = Object.values(key as Record<string, string>).filter(
    (file) => ((machine.modeOf(file) ?? 0) & 0o077) !== 0,
  );
  if (open.length > 0) {
    const found = `others can read ${open.join(', ')}`;
    add({ verdict: 'fail', subject, found, fix: `Run: chmod 600 ${open.join(' ')}` });
    return undefined;
  }
  try {
    const { address } = signerOf(await openKey(key, environment));
    add({ verdict: 'ok', subject, found: address });
    return address;
  } catch (error) {
    add({ verdict: 'fail', subject, found: doctorReason(error), fix });
    return undefined;
  }
}
