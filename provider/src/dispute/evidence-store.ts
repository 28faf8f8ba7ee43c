import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hex } from '@assay/wire';
import { decodeEvidence, type Evidence, encodeEvidence } from './evidence.ts';

const TIMEOUT_MS = 20_000;
const LIMIT_BYTES = 600 * 1024 * 1024;

/**
 * Where evidence is exchanged: files under `<dataDir>/evidence/`, and HTTP stores that take `PUT {url}/{ticket}` and give it
 * back. Neither is trusted: the roots of the receipt decide.
 */
export interface EvidenceStore {
  find(ticket: Hex): AsyncIterable<Evidence>;
  keep(evidence: Evidence): Promise<string>;
  publish(evidence: Evidence): Promise<readonly string[]>;
}

export function createEvidenceStore(directory: string, urls: readonly string[]): EvidenceStore {
  const at = (url: string, ticket: string): string => `${url.replace(/\/+$/, '')}/${ticket}`;
  return {
    async *find(ticket) {
      const local = await readFile(join(directory, ticket)).catch(() => undefined);
      if (local) yield decodeEvidence(local);
      for (const url of urls) {
        const bytes = await download(at(url, ticket)).catch(() => undefined);
        if (bytes === undefined) continue;
        try {
          yield decodeEvidence(bytes);
        } catch {} // somebody put something else there: the next store may have it
      }
    },
    async keep(evidence) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const file = join(directory, evidence.receipt.ticket);
      await writeFile(`${file}.new`, encodeEvidence(evidence), { mode: 0o600 });
      await rename(`${file}.new`, file);
      return file;
    },
    async publish(evidence) {
      const body = encodeEvidence(evidence);
      const places = await Promise.all(
        urls.map(async (url) => {
          const target = at(url, evidence.receipt.ticket);
          const answer = await fetch(target, {
            method: 'PUT',
            body: body as BodyInit,
            signal: AbortSignal.timeout(TIMEOUT_MS),
          }).catch(() => undefined);
          return answer?.ok ? target : undefined;
        }),
      );
      return places.filter((place) => place !== undefined);
    },
  };
}

async function download(url: string): Promise<Uint8Array | undefined> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok || response.body === null) return undefined;
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    length += part.byteLength;
    if (length > LIMIT_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts, length);
}
