import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const HOUR = 3_600_000;

/** Removes blobs whose mtime (their expiry) has passed, and uploads abandoned for an hour. */
export async function sweepBlobs(dir: string, now: number): Promise<void> {
  for (const folder of await readdir(dir)) {
    const deadline = folder === 'incoming' ? now - HOUR : now;
    for (const name of await readdir(join(dir, folder))) {
      const path = join(dir, folder, name);
      const stats = await stat(path).catch(() => undefined); // another sweep was quicker
      if (stats !== undefined && stats.mtimeMs <= deadline) await rm(path, { force: true });
    }
  }
}
