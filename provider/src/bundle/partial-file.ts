import { randomUUID } from 'node:crypto';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A download under way. Its name carries the process that writes it, so that no two ever write one file. */
export interface PartialFile {
  readonly path: string;
  /** Leaves what is there for the next attempt, in this process or another. */
  abandon(): Promise<void>;
}

/** Takes over what an earlier attempt left of `target`, if its process is gone or gave it up; else starts empty. */
export async function claimPartial(target: string): Promise<PartialFile> {
  const path = `${target}.${process.pid}-${randomUUID()}.part`;
  const [largest, ...others] = await abandonedParts(target);
  // Renaming is atomic: of two processes one gets it, and the other starts anew.
  if (largest) await rename(largest, path).catch(() => {});
  for (const other of others) await rm(other, { force: true });
  return { path, abandon: () => rename(path, `${target}.part`).catch(() => {}) };
}

async function abandonedParts(target: string): Promise<string[]> {
  const folder = dirname(target);
  const names = (await readdir(folder)).filter(
    (name) => name.startsWith(`${basename(target)}.`) && name.endsWith('.part'),
  );
  const left = names.filter((name) => !isWritten(name)).map((name) => join(folder, name));
  const sized = await Promise.all(
    left.map(async (path) => ({
      path,
      size: (await stat(path).catch(() => undefined))?.size ?? 0,
    })),
  );
  return sized.sort((a, b) => b.size - a.size).map(({ path }) => path);
}

/** Whether the process in the name is alive. */
function isWritten(name: string): boolean {
  const pid = Number(/\.(\d+)-[0-9a-f-]+\.part$/.exec(name)?.[1] ?? 0);
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
