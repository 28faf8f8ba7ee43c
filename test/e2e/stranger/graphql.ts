/** A GraphQL answer as it comes over HTTP. */
export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: a stranger has no generated types; tests look at what they name
  readonly data?: any;
  readonly errors?: readonly GraphqlError[];
}
export interface GraphqlError {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export interface Request {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** One operation by plain fetch. */
export async function ask(url: string, request: Request, token?: string): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(request),
    signal: AbortSignal.timeout(30_000),
  });
  return (await response.json()) as Answer;
}

/** The data of an operation that must succeed. */
export async function data(url: string, request: Request, token?: string): Promise<Answer['data']> {
  const answer = await ask(url, request, token);
  if (answer.errors) throw new Error(JSON.stringify(answer.errors, null, 2));
  return answer.data;
}
