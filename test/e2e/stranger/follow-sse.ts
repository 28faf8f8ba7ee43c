import type { Answer, Request } from './graphql.ts';

/** Follows a subscription over server-sent events ("distinct connections" mode) by plain fetch. */
export async function* followSse(url: string, request: Request, token: string) {
  const abort = new AbortController();
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify(request),
    signal: abort.signal,
  });
  if (response.body === null) throw new Error(`no stream: ${response.status}`);
  try {
    for await (const { event, data } of messages(response.body)) {
      if (event === 'complete') return;
      if (event === 'next') yield JSON.parse(data) as Answer;
    }
  } finally {
    abort.abort();
  }
}

async function* messages(body: ReadableStream<Uint8Array>) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text = (text + decoder.decode(value, { stream: true })).replaceAll('\r\n', '\n');
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      yield { event: field(fields, 'event'), data: field(fields, 'data') };
    }
  }
}

function field(lines: readonly string[], name: string): string {
  return lines
    .filter((line) => line.startsWith(`${name}:`))
    .map((line) => line.slice(name.length + 1).trimStart())
    .join('\n');
}
