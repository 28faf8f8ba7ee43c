import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Cut extends AsyncDisposable {
  readonly url: string;
  /** Transactions that went through. */
  sent(): number;
  /** Emits each method once it was answered. */
  readonly answered: EventEmitter;
}

interface Request {
  readonly id: number;
  readonly method: string;
}

/** A way to the chain that breaks at a transaction, as a deployment breaks that is killed before it sends it. */
export async function cutAfter(rpcUrl: string, transactions: number): Promise<Cut> {
  let sent = 0;
  const answered = new EventEmitter();
  const forward = async (body: string): Promise<string> => {
    const parsed: Request | Request[] = JSON.parse(body);
    const requests = Array.isArray(parsed) ? parsed : [parsed];
    const sends = requests.filter(({ method }) => method === 'eth_sendRawTransaction').length;
    if (sent + sends > transactions) return JSON.stringify(refusal(parsed));
    sent += sends;
    const answer = await fetch(rpcUrl, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    const text = await answer.text();
    for (const { method } of requests) setImmediate(() => answered.emit(method));
    return text;
  };
  const server = createServer((request, response) => {
    void readBody(request)
      .then(forward)
      .then((text) => response.setHeader('content-type', 'application/json').end(text));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    sent: () => sent,
    answered,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function refusal(parsed: Request | Request[]): unknown {
  const of = ({ id }: Request) => ({ jsonrpc: '2.0', id, error: { code: -32000, message: 'cut' } });
  return Array.isArray(parsed) ? parsed.map(of) : of(parsed);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}
