import { Agent, type ClientRequest, request as requestHttp } from 'node:http';
import { request as requestHttps, Agent as SecureAgent } from 'node:https';

// Without a timeout of its own an agent does not heed the server's, and writes to a connection that is being closed.
const settings = { keepAlive: true, timeout: 60_000 };
const agents = { 'http:': new Agent(settings), 'https:': new SecureAgent(settings) };

export interface JsonPost {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** From the first byte sent to the last one read. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Posts JSON and reads JSON, whatever the status: `node:http` takes less than half of the processor time of `fetch`. Nothing
 * is sent twice, since it may be a mutation. Rejects where no whole answer comes in time, or it is not JSON.
 */
export async function postJson(address: string, post: JsonPost): Promise<unknown> {
  const { timeoutMs, body } = post;
  const sent = open(address, post);
  const late = () => sent.destroy(new Error(`no answer within ${timeoutMs} ms`));
  const timer = setTimeout(late, timeoutMs);
  sent.end(body);
  try {
    return JSON.parse(await answerOf(sent));
  } finally {
    clearTimeout(timer);
  }
}

function open(address: string, { body, headers, signal }: JsonPost): ClientRequest {
  const secure = address.startsWith('https:');
  const request = {
    method: 'POST',
    agent: agents[secure ? 'https:' : 'http:'],
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      'content-length': Buffer.byteLength(body),
      ...headers,
    },
    ...(signal && { signal }),
  };
  return secure ? requestHttps(address, request) : requestHttp(address, request);
}

function answerOf(sent: ClientRequest): Promise<string> {
  return new Promise((resolve, reject) => {
    sent.on('error', reject);
    sent.once('response', (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', reject);
      answer.once('end', () => resolve(Buffer.concat(parts).toString('utf8')));
    });
  });
}
