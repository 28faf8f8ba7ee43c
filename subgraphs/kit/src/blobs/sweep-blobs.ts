import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const HOUR = 3_600_000;

/** Removes blobs whose mtime (their expiry) has passed, and uploads abandoned for an hour. Returns the bytes that stay. */
export async function sweepBlobs(dir: string, now: number): Promise<number> {
  let bytes = 0;
  for (const folder of await readdir(dir)) {
    const deadline = folder === 'incoming' ? now - HOUR : now;
    for (const name of await readdir(join(dir, folder))) {
      const path = join(dir, folder, name);
      const stats = await stat(path).catch(() => undefined); // another sweep was quicker
      if (stats === undefined) continue;
      if (stats.mtimeMs <= deadline) await rm(path, { force: true });
      else bytes += stats.size;
    }
  }
  return bytes;
}
