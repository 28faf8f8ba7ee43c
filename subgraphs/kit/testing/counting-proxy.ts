import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';

export interface CountingProxy {
  readonly port: number;
  /** How often the client wrote: commands sent together count once, as one round trip does. */
  readonly roundTrips: number;
  close(): void;
}

/** Stands between a client and a server on this machine and counts what the client sends. */
export async function startCountingProxy(target: number): Promise<CountingProxy> {
  let roundTrips = 0;
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    client.on('data', () => {
      roundTrips += 1;
    });
    client.pipe(upstream).pipe(client);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get roundTrips() {
      return roundTrips;
    },
    close: () => void server.close(),
  };
}
