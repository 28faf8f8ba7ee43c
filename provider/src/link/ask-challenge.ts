import { AssayError, decodeFrame, type FrameMeta, LINK_LIMITS } from '@assay/wire';
import WebSocket from 'ws';

const PATIENCE_MS = 5_000;

/** Dials a marketplace only to hear its challenge, and hangs up. */
export function askChallenge(url: string): Promise<FrameMeta<'challenge'>> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, {
      handshakeTimeout: PATIENCE_MS,
      maxPayload: LINK_LIMITS.frameBytes,
      perMessageDeflate: false,
    });
    const timer = setTimeout(
      () => end(new AssayError('L700', { details: { url, reason: 'no challenge in time' } })),
      PATIENCE_MS,
    );
    const end = (result: FrameMeta<'challenge'> | Error): void => {
      clearTimeout(timer);
      socket.terminate();
      if (result instanceof Error) reject(result);
      else resolve(result);
    };
    socket.once('error', (error) => end(error));
    socket.once('message', (data) => {
      try {
        const frame = decodeFrame(data as Buffer);
        end(
          frame.name === 'challenge'
            ? frame.meta
            : new AssayError('L700', {
                details: { reason: `${frame.name} instead of a challenge` },
              }),
        );
      } catch (error) {
        end(error as Error);
      }
    });
  });
}
