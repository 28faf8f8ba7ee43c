import type { WebSocket } from 'ws';

const PATIENCE_MS = 1_000;

/** Closes a socket for a reason, and ends it soon if the other side does not answer. */
export function hangUp(socket: WebSocket, code: string): void {
  // A paused socket would never read the answer.
  socket.resume();
  socket.close(4000, code);
  const timer = setTimeout(() => socket.terminate(), PATIENCE_MS);
  socket.once('close', () => clearTimeout(timer));
}
