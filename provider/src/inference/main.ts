import './hide-float16-array.ts';
import { Socket } from 'node:net';
import { ARENA_FD } from './arena.ts';
import { serveChild } from './child.ts';

/** The supervisor's end of the socket pair is file descriptor 3. */
const socket = new Socket({ fd: 3, readable: true, writable: true });
const arenaFd = process.argv[2] === 'arena' ? ARENA_FD : undefined;
serveChild({ socket, arenaFd });
