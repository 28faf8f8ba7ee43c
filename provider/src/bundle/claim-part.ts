import { randomUUID } from 'node:crypto';
import { readdir, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A partial download that only this process writes. */
export interface ClaimedPart {
  readonly path: string;
  /** Leaves it for whoever downloads the file next; it may be gone. */
  giveBack(): Promise<void>;
}

const held = new Set<string>();

/**
 * Takes over what an earlier download of `target` left, or starts afresh. `doctor` may run beside `start`: two that
 * write one file would spoil it for both, so each writes its own and the first to finish wins. What a killed process
 * left is taken up again: the name says whose it was.
 */
export async function claimPart(target: string): Promise<ClaimedPart> {
  const path = `${target}.part.${process.pid}.${randomUUID()}`;
  held.add(path);
  for (const candidate of await leftovers(target)) if (await moved(candidate, path)) break;
  return {
    path,
    async giveBack() {
      await moved(path, `${target}.part`);
      held.delete(path);
    },
  };
}

/** Parts nobody writes, the longest first. */
async function leftovers(target: string): Promise<string[]> {
  const folder = dirname(target);
  const names = await readdir(folder).catch(() => []);
  const free = names
    .filter((name) => name.startsWith(`${basename(target)}.part`))
    .map((name) => join(folder, name))
    .filter((path) => !isHeld(path));
  const sized = await Promise.all(free.map(async (path) => ({ path, size: await sizeOf(path) })));
  return sized.toSorted((a, b) => b.size - a.size).map(({ path }) => path);
}

function isHeld(path: string): boolean {
  const pid = Number(/\.part\.(\d+)\.[0-9a-f-]+$/.exec(path)?.[1]);
  if (!(pid > 0)) return false;
  // In a container a restarted process often has the number of the one before it.
  return pid === process.pid ? held.has(path) : isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

const moved = (from: string, to: string): Promise<boolean> =>
  rename(from, to).then(
    () => true,
    () => false,
  );
