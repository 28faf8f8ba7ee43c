import { join } from 'node:path';
import { AssayError, type Hex, type Signer, signerOf } from '@assay/wire';
import { doorBeside } from '../dispute/evidence-door.ts';
import { createEvidenceStore, type EvidenceStore } from '../dispute/evidence-store.ts';
import { openKey } from '../keys/open-key.ts';
import { askChallenge } from '../link/ask-challenge.ts';
import { type LoadedConfig, loadConfig } from '../load-config.ts';
import { createLog } from '../telemetry/log.ts';

export interface ExchangeOptions {
  readonly config: string;
  /** One evidence door instead of those of the config's marketplaces. */
  readonly door?: string;
  /** Signs instead of the receipt key: a reporter's, for instance. */
  readonly keyFile?: string;
}

export interface EvidenceExchange {
  readonly store: EvidenceStore;
  /** Undefined for whoever is no provider: a door and a key are all it has. */
  readonly config: LoadedConfig | undefined;
}

/** The evidence places of a provider, or of a reporter that names a door and a key and needs no config. */
export async function openEvidenceExchange(
  { config: file, door, keyFile }: ExchangeOptions,
  environment: NodeJS.ProcessEnv,
): Promise<EvidenceExchange> {
  const config = door !== undefined && keyFile !== undefined ? undefined : loadConfig(file);
  const signer = await signerFrom(config, keyFile, environment);
  const places = door === undefined && config !== undefined ? await doorsOf(config) : [door ?? ''];
  const log = createLog('warn');
  const directory = join(config?.dataDir ?? '.', 'evidence');
  return { config, store: createEvidenceStore({ directory, places: () => places, signer, log }) };
}

async function signerFrom(
  config: LoadedConfig | undefined,
  keyFile: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<Signer> {
  if (keyFile !== undefined) return signerOf(await openKey({ privateKeyFile: keyFile }, {}));
  if (config !== undefined) return signerOf(await openKey(config.keys.receiptKey, environment));
  throw new AssayError('P321', { details: { reason: 'no key: give --config or --key-file' } });
}

async function doorsOf({ disputes, marketplaces }: LoadedConfig): Promise<readonly string[]> {
  const challenges = await Promise.allSettled(marketplaces.map(({ url }) => askChallenge(url)));
  const doors = challenges.flatMap((asked) =>
    asked.status === 'fulfilled' && asked.value.blobUrl !== undefined
      ? [doorBeside(asked.value.blobUrl)]
      : [],
  );
  return [...new Set([...disputes.evidenceUrls, ...doors])];
}

/** A ticket's digest as the commands take it. */
export function parseTicket(text: string): Hex {
  if (/^0x[0-9a-f]{64}$/.test(text)) return text as Hex;
  throw new AssayError('I100', {
    details: { field: 'ticket', reason: 'not 32 bytes of lower-case 0x hex' },
  });
}
