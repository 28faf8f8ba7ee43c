import { createServer } from 'node:net';
import { processFailure } from './process-failure.ts';

const HOST = '127.0.0.1';
/** Ports this process has handed out: two children asking at once must not get the same one. */
const handedOut = new Set<number>();

/** A port nobody listens on right now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await listenOnce(0);
    if (handedOut.has(port)) continue;
    handedOut.add(port);
    return port;
  }
}

/** The wished port if it is free (else a clear error), or any free port. */
export async function claimPort(process: string, wished?: number): Promise<number> {
  if (wished === undefined || wished === 0) return freePort();
  try {
    return await listenOnce(wished);
  } catch (cause) {
    throw portTaken(process, wished, cause);
  }
}

export function portTaken(process: string, port: number, cause?: unknown) {
  const hint = `port ${port} is taken: stop what listens on ${HOST}:${port}, or choose another port.`;
  return processFailure('portTaken', { process, port, hint, cause });
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: HOST, exclusive: true }, () => {
      const address = server.address();
      const taken = typeof address === 'object' && address !== null ? address.port : port;
      server.close((error) => (error ? reject(error) : resolve(taken)));
    });
  });
}
