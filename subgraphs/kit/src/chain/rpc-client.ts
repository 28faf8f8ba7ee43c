import { z } from 'zod';

/** The chain refused a call; `data` holds the revert's bytes, if it was one. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly data: string | undefined;

  constructor(message: string, data: string | undefined) {
    super(message);
    this.data = data;
  }
}

export interface RpcClient {
  /** @throws RpcError for an answer that is an error; other errors where there is no answer. */
  call<S extends z.ZodType>(
    method: string,
    params: readonly unknown[],
    schema: S,
  ): Promise<z.output<S>>;
}

const TIMEOUT_MS = 2_000;
const answerSchema = z.object({
  result: z.unknown().optional(),
  error: z.object({ message: z.string(), data: z.unknown().optional() }).optional(),
});

/** JSON-RPC over HTTP, for the few reads of subgraphs that need no wallet and no event polling. */
export function createRpcClient(url: string, timeoutMs = TIMEOUT_MS): RpcClient {
  return {
    async call(method, params, schema) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      const { result, error } = answerSchema.parse(await response.json());
      if (error !== undefined) throw new RpcError(error.message, revertData(error.data));
      return schema.parse(result);
    },
  };
}

/** Some servers wrap the bytes in an object. */
function revertData(data: unknown): string | undefined {
  if (typeof data === 'string') return data.startsWith('0x') ? data : undefined;
  const inner = (data as { data?: unknown } | null | undefined)?.data;
  return typeof inner === 'string' && inner.startsWith('0x') ? inner : undefined;
}
