import { readFileSync } from 'node:fs';

const FIRST_LINE = /^#!\/usr\/bin\/env -S node (?<flags>[^\n]*)/;

/** The flags for Node that a program's first line asks for, so that whoever starts it otherwise does not repeat them. */
export function nodeFlagsOf(file: string): string[] {
  const flags = FIRST_LINE.exec(readFileSync(file, 'utf8'))?.groups?.flags ?? '';
  return flags.split(' ').filter((flag) => flag !== '');
}
