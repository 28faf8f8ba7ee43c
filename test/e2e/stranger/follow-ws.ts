import { createClient } from 'graphql-ws';
import type { Answer, Request } from './graphql.ts';

/** Follows a subscription over WebSocket (graphql-transport-ws) until it completes or the caller leaves the loop. */
export async function* followWs(url: string, request: Request, token: string) {
  const client = createClient({
    url,
    retryAttempts: 0,
    connectionParams: { authorization: `Bearer ${token}` },
  });
  try {
    const events = client.iterate<Record<string, unknown>>({
      ...request,
      variables: { ...request.variables },
    });
    for await (const result of events) yield result as Answer;
  } finally {
    await client.dispose();
  }
}
