import type { IncomingMessage } from 'node:http';

/** The client's address. Behind a trusted proxy it is the one that the proxy itself added last. */
export function peerOf(request: IncomingMessage, trustProxy: boolean): string {
  const forwarded = trustProxy ? request.headers['x-forwarded-for'] : undefined;
  const last = [forwarded ?? ''].flat().join(',').split(',').at(-1)?.trim();
  return last || (request.socket.remoteAddress ?? 'unknown');
}
