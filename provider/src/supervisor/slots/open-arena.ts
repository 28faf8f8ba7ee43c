import { randomUUID } from 'node:crypto';
import { constants, openSync, unlinkSync } from 'node:fs';

const { O_RDWR, O_CREAT, O_EXCL } = constants;

/** A file in memory that has no name any more; undefined on systems without such a place. */
export function openArena(directory = '/dev/shm'): number | undefined {
  const path = `${directory}/assay-${randomUUID()}`;
  try {
    const fd = openSync(path, O_RDWR | O_CREAT | O_EXCL, 0o600);
    unlinkSync(path);
    return fd;
  } catch {
    return undefined;
  }
}
