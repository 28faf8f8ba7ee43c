import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { type FrameSink, gatherFrames } from './gather-frames.ts';

/** A client that reads when it is told to, and the writes that reach its socket. */
function setup() {
  const writes: string[][] = [];
  const unread: (() => void)[] = [];
  const socket = new Writable({
    decodeStrings: false,
    writev(chunks, done) {
      writes.push(chunks.map(({ chunk }) => String(chunk)));
      unread.push(done);
    },
  });
  const sink: FrameSink = {
    get bufferedAmount() {
      return socket.writableLength;
    },
    send: (data, done) => void socket.write(data, (error) => done(error ?? undefined)),
  };
  gatherFrames(sink, socket);
  const send = (data: string) =>
    new Promise<void>((resolve, reject) =>
      sink.send(data, (error) => (error ? reject(error) : resolve())),
    );
  return { writes, send, read: () => unread.shift()?.() };
}

it('sends what one turn has to say with one write', async () => {
  const { writes, send } = setup();
  for (const frame of ['next', 'next', 'complete']) await send(frame);
  await new Promise(setImmediate);
  expect(writes).toEqual([['next', 'next', 'complete']]);
});

it('lets the sender of much wait until its client has read', async () => {
  const { send, read } = setup();
  await send('x'.repeat(70_000));
  let sent = false;
  const next = send('more').then(() => {
    sent = true;
  });
  await new Promise(setImmediate);
  expect(sent).toBe(false);
  read();
  await new Promise(setImmediate);
  read();
  await next;
});
