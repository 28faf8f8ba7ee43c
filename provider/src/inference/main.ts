import './disable-telemetry.ts';
import './hide-float16-array.ts';
import { Socket } from 'node:net';
import { ARENA_FD } from './arena.ts';
import { serveChild } from './child.ts';

/** The supervisor's end of the socket pair is file descriptor 3. */
const socket = new Socket({ fd: 3, readable: true, writable: true });
// Ctrl-C and service managers signal children too: what runs is for the supervisor to finish or to kill.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
const arenaFd = process.argv[2] === 'arena' ? ARENA_FD : undefined;
serveChild({ socket, arenaFd });
