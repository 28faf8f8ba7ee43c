import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeEvidence, type Evidence, encodeEvidence, type Hex, type Signer } from '@assay/wire';
import type { Logger } from 'pino';
import { reasonOf } from '../chain/chain.ts';
import { evidenceAddress, getEvidence, putEvidence } from './evidence-door.ts';

export interface EvidenceStoreOptions {
  readonly directory: string;
  /** HTTP places that take `PUT {place}/{ticket}` and give it back: marketplaces' evidence doors, or plain stores. */
  readonly places: () => readonly string[];
  /** Signs what is asked of a place: doors let only parties of a dispute in. */
  readonly signer: Signer;
  readonly log: Logger;
}

/**
 * Where evidence is exchanged: files under `<dataDir>/evidence/`, and HTTP places. Neither is trusted: the roots of the
 * receipt decide. What cannot be read is logged and passed over.
 */
export interface EvidenceStore {
  /** First the file of this machine, then what each place has. */
  find(ticket: Hex): AsyncIterable<Evidence>;
  /** Writes the file; resolves with its path. */
  keep(evidence: Evidence): Promise<string>;
  /** Hands it to every place but those in `done`; resolves with the addresses that took it, and why others did not. */
  publish(evidence: Evidence, done?: ReadonlySet<string>): Promise<Published>;
  remove(ticket: Hex): Promise<void>;
  /** Of which tickets there are files. */
  kept(): Promise<readonly string[]>;
}

export interface Published {
  readonly at: readonly string[];
  readonly refused: readonly { readonly place: string; readonly reason: string }[];
}

export function createEvidenceStore(options: EvidenceStoreOptions): EvidenceStore {
  const { directory, places, signer, log } = options;

  function readable(bytes: Uint8Array, source: string): Evidence | undefined {
    try {
      return decodeEvidence(bytes);
    } catch (error) {
      log.warn({ source, reason: reasonOf(error) }, 'not evidence: passed over');
      return undefined;
    }
  }

  async function local(ticket: Hex): Promise<Evidence | undefined> {
    const file = join(directory, ticket);
    try {
      return readable(await readFile(file), file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        log.warn({ source: file, reason: reasonOf(error) }, 'evidence cannot be read');
      return undefined;
    }
  }

  async function ask(url: string): Promise<Evidence | undefined> {
    const answer = await getEvidence(url, signer);
    if (typeof answer !== 'string') return readable(answer, url);
    log.debug({ url, reason: answer }, 'no evidence there');
    return undefined;
  }

  return {
    async *find(ticket) {
      const own = await local(ticket);
      if (own) yield own;
      for (const place of places()) {
        const evidence = await ask(evidenceAddress(place, ticket));
        if (evidence) yield evidence;
      }
    },
    async keep(evidence) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const file = join(directory, evidence.receipt.ticket);
      await writeFile(`${file}.new`, encodeEvidence(evidence), { mode: 0o600 });
      await rename(`${file}.new`, file);
      return file;
    },
    async publish(evidence, done = new Set()) {
      const body = encodeEvidence(evidence);
      const tried = places()
        .map((place) => evidenceAddress(place, evidence.receipt.ticket))
        .filter((url) => !done.has(url));
      const results = await Promise.all(
        tried.map(async (place) => ({ place, reason: await putEvidence(place, body, signer) })),
      );
      return {
        at: results.filter(({ reason }) => reason === undefined).map(({ place }) => place),
        refused: results.flatMap(({ place, reason }) =>
          reason === undefined ? [] : [{ place, reason }],
        ),
      };
    },
    async remove(ticket) {
      await rm(join(directory, ticket), { force: true });
      await rm(join(directory, `${ticket}.new`), { force: true });
    },
    kept: () => readdir(directory).catch(() => []),
  };
}
