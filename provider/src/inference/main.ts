import './hide-float16-array.ts';
import { Socket } from 'node:net';
import { serveChild } from './child.ts';

/** The supervisor's end of the socket pair is file descriptor 3. */
serveChild(new Socket({ fd: 3, readable: true, writable: true }));
