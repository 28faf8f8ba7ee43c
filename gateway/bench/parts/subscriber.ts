import { once } from 'node:events';
import { type ClientRequest, request } from 'node:http';
import { WebSocket } from 'ws';

/** One subscriber that costs little: it counts events and how late each came. */
export interface Subscriber {
  leave(): void;
}

export type OnEvent = (json: string) => void;

export async function subscribeWs(
  port: number,
  query: string,
  onEvent: OnEvent,
): Promise<Subscriber> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  socket.on('message', (data: Buffer) => {
    const text = data.toString();
    if (text.includes('"next"')) onEvent(text);
    else if (text.includes('"ping"')) socket.send('{"type":"pong"}');
    else throw new Error(`unexpected: ${text.slice(0, 200)}`);
  });
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
  return { leave: () => socket.terminate() };
}

export async function subscribeSse(
  port: number,
  query: string,
  onEvent: OnEvent,
): Promise<Subscriber> {
  const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
  const sent: ClientRequest = request({
    host: '127.0.0.1',
    port,
    path: '/graphql',
    method: 'POST',
    headers,
    agent: false,
  });
  sent.end(JSON.stringify({ query }));
  const [response] = await once(sent, 'response');
  let rest = '';
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) if (part.startsWith('event: next')) onEvent(part);
  });
  response.on('error', () => undefined);
  sent.on('error', () => undefined);
  return { leave: () => sent.destroy() };
}
