import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** What a client may leave unread before its sender waits for it. */
const UNREAD_BYTES = 64 * 1024;

/** The part of a WebSocket that graphql-ws sends with. */
export type FrameSink = Pick<WebSocket, 'bufferedAmount'> & {
  send(data: string, done: (error?: Error) => void): void;
};

/**
 * Frames that one turn of the event loop sends leave in one write: a system call, and waking the client, cost more than all
 * else about a small event. A sender goes on at once while little is unsent; then it waits for each write as before.
 */
export function gatherFrames(sink: FrameSink, socket: Pick<Duplex, 'cork' | 'uncork'>): void {
  const send = sink.send.bind(sink);
  let gathering = false;

  function gather(): void {
    if (gathering) return;
    gathering = true;
    socket.cork();
    process.nextTick(() => {
      gathering = false;
      socket.uncork();
    });
  }

  sink.send = (data, done) => {
    gather();
    if (sink.bufferedAmount > UNREAD_BYTES) return void send(data, done);
    send(data, () => undefined); // a socket that fails closes, and says so to everybody
    done();
  };
}
