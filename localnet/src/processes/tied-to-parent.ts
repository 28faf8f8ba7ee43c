import { existsSync } from 'node:fs';

const SETPRIV = '/usr/bin/setpriv';

/**
 * The command under which, on Linux, the kernel ends a child when this process dies, even by SIGKILL. Tests start their
 * processes so: one left behind by a setup that failed would hold the test runner's pipes, and the runner would never end.
 *
 * @example const [file, ...args] = tiedToParent([program, '--port', '0']); spawn(file, args);
 */
export function tiedToParent(command: [string, ...string[]]): [string, ...string[]] {
  const tie = process.platform === 'linux' && existsSync(SETPRIV);
  return tie ? [SETPRIV, '--pdeathsig', 'KILL', '--', ...command] : command;
}
