import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';

export interface LoadResult {
  readonly latenciesMs: readonly number[];
  readonly seconds: number;
}

export interface Load {
  readonly port: number;
  readonly query: string;
  readonly requests: number;
  readonly connections: number;
}

/** Sends a query over and over; every request has a token of its own, so that nothing can be answered twice. */
export async function runLoad(load: Load): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections });
  const latenciesMs: number[] = [];
  let left = load.requests;
  const begun = performance.now();
  const client = async () => {
    while (left-- > 0) {
      const at = performance.now();
      await ask(load, agent);
      latenciesMs.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: load.connections }, client));
  agent.destroy();
  return { latenciesMs, seconds: (performance.now() - begun) / 1000 };
}

export function ask({ port, query }: Pick<Load, 'port' | 'query'>, agent?: Agent): Promise<string> {
  const authorization = `Bearer 0x${randomBytes(32).toString('hex')}`;
  const headers = { 'content-type': 'application/json', authorization };
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      path: '/graphql',
      method: 'POST',
      headers,
      ...(agent && { agent }),
    };
    const sent = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200 && text.startsWith('{"data"')) resolve(text);
        else reject(new Error(`answer ${response.statusCode}: ${text.slice(0, 300)}`));
      });
    });
    sent.on('error', reject);
    sent.end(JSON.stringify({ query }));
  });
}
