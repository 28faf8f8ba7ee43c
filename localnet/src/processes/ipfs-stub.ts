import { createServer } from 'node:http';
import { claimPort } from './free-port.ts';

export interface IpfsStub {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Not an IPFS daemon: it answers graph-node's start-up question and nothing else.
 * That is enough because `gnd dev` reads manifest, schema and WASM from files and our
 * mappings never read IPFS; anything else gets a 404, so a mapping that tried would fail loudly.
 */
export async function startIpfsStub(): Promise<IpfsStub> {
  const port = await claimPort('ipfs stub');
  const server = createServer((request, response) => {
    const asksVersion = request.url?.startsWith('/api/v0/version') === true;
    response.writeHead(asksVersion ? 200 : 404, { 'content-type': 'application/json' });
    response.end(asksVersion ? '{"Version":"0.0.0-stub","Commit":"","Repo":"0"}' : '{}');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
