import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

const LISTEN = '0A';

/**
 * Who listens on a local TCP port: this process, a stranger, or nobody yet.
 * Answers `unknown` where the system has no /proc.
 */
export function portOwner(port: number, pid: number): 'own' | 'stranger' | 'nobody' | 'unknown' {
  if (!existsSync('/proc/net/tcp')) return 'unknown';
  const listeners = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => socketsOn(table, port));
  if (listeners.length === 0) return 'nobody';
  const own = ownSockets(pid);
  return listeners.some((inode) => own.has(inode)) ? 'own' : 'stranger';
}

/** Inodes of sockets that listen on the port, from lines `sl local remote st … uid timeout inode`. */
function socketsOn(table: string, port: number): string[] {
  if (!existsSync(table)) return [];
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync(table, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(suffix) && state === LISTEN)
    .map((columns) => columns[9] ?? '');
}

function ownSockets(pid: number): Set<string> {
  const inodes = new Set<string>();
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1];
      if (inode) inodes.add(inode);
    }
  } catch {
    // the process has just exited; the caller sees that by itself
  }
  return inodes;
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
