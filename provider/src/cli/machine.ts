import { accessSync, constants, existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { freemem } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { PROGRAM_ENVIRONMENT } from '../system-programs.ts';

/** What doctor asks of the machine it runs on. */
export interface Machine {
  readonly freeMemoryBytes: () => number;
  /** Free space of the file system that holds a directory, or will. */
  readonly freeDiskBytes: (directory: string) => number;
  /** What a directory's files take already. */
  readonly usedBytes: (directory: string) => number;
  readonly hasProgram: (name: string) => boolean;
  /** A file's permission bits; undefined where it is missing. */
  readonly modeOf: (file: string) => number | undefined;
}

export function thisMachine(): Machine {
  const folders = PROGRAM_ENVIRONMENT.PATH.split(delimiter);
  return {
    freeMemoryBytes: freemem,
    freeDiskBytes(directory) {
      const { bavail, bsize } = statfsSync(nearestExisting(directory));
      return bavail * bsize;
    },
    usedBytes: (directory) =>
      existsSync(directory)
        ? readdirSync(directory).reduce((sum, name) => sum + sizeOf(join(directory, name)), 0)
        : 0,
    hasProgram: (name) => folders.some((folder) => isExecutable(join(folder, name))),
    modeOf: (file) => {
      const mode = statSync(file, { throwIfNoEntry: false })?.mode;
      return mode === undefined ? undefined : mode & 0o777;
    },
  };
}

/** Files come and go while they are counted. */
const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

function nearestExisting(directory: string): string {
  return existsSync(directory) ? directory : nearestExisting(dirname(directory));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
