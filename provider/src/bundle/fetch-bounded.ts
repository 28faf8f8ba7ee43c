import { AssayError } from '@assay/wire';

const MAX_REDIRECTS = 5;

/**
 * A GET that follows a few redirects, never from https to http. Throws M604 where the server does not answer with a
 * body, and for redirects it does not follow.
 */
export async function fetchBounded(
  url: string,
  init: {
    readonly headers?: Record<string, string>;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<Response & { readonly body: NonNullable<Response['body']> }> {
  let at = url;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const response = await get(at, init);
    const next =
      response.status >= 300 && response.status < 400 && response.headers.get('location');
    if (!next) {
      if (response.ok && hasBody(response)) return response;
      throw new AssayError('M604', { details: { url: at, status: response.status } });
    }
    await response.body?.cancel();
    at = nextUrl(next, at);
  }
  throw new AssayError('M604', {
    details: { url, reason: `more than ${MAX_REDIRECTS} redirects` },
  });
}

function get(
  url: string,
  { headers = {}, signal }: { headers?: Record<string, string>; signal?: AbortSignal | undefined },
): Promise<Response> {
  return fetch(url, { headers, signal: signal ?? null, redirect: 'manual' }).catch(
    (cause: unknown) => {
      throw new AssayError('M604', { cause, details: { url } });
    },
  );
}

function hasBody(
  response: Response,
): response is Response & { readonly body: NonNullable<Response['body']> } {
  return response.body !== null;
}

function nextUrl(location: string, from: string): string {
  const next = URL.canParse(location, from) ? new URL(location, from) : undefined;
  const secure = new URL(from).protocol === 'https:';
  if (next && (next.protocol === 'https:' || (next.protocol === 'http:' && !secure)))
    return next.href;
  throw new AssayError('M604', {
    details: { url: from, location: location.slice(0, 200), reason: 'a redirect out of https' },
  });
}
