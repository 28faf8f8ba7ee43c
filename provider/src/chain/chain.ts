import { type Address, AssayError } from '@assay/wire';
import { FetchRequest, type Interface, JsonRpcProvider, makeError, Network } from 'ethers';
import { safeMessage } from '../telemetry/safe-message.ts';
import { isEndpointFault, rpcMessage } from './endpoint-fault.ts';

export interface ChainOptions {
  readonly rpcUrls: readonly string[];
  readonly chainId: number;
  readonly timeoutMs: number;
}

export interface Call {
  readonly to: Address;
  readonly abi: Interface;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** Reads from the first endpoint that answers, and stays with it until it fails. */
export interface Chain {
  readonly chainId: number;
  /** Runs `ask` against one endpoint after another. Throws S408 when none answers; what the chain itself refuses is thrown as it is. */
  read<T>(ask: (rpc: JsonRpcProvider) => Promise<T>): Promise<T>;
  /** A view function's results. */
  // biome-ignore lint/suspicious/noExplicitAny: ethers decodes by ABI text, which TypeScript cannot follow
  call(call: Call): Promise<any>;
  /** How every endpoint stands, for doctor and status. */
  health(): Promise<readonly RpcHealth[]>;
  close(): void;
}

export interface RpcHealth {
  readonly url: string;
  readonly chainId?: number;
  readonly block?: number;
  readonly error?: string;
}

export function createChain({ rpcUrls, chainId, timeoutMs }: ChainOptions): Chain {
  const network = Network.from(chainId);
  const endpoints = rpcUrls.map((url) => {
    const request = new FetchRequest(url);
    request.timeout = timeoutMs;
    const rpc = new JsonRpcProvider(request, network, {
      staticNetwork: network,
      batchMaxCount: 20,
      // A remembered nonce would be stale for the next transaction.
      cacheTimeout: -1,
    });
    return { url, rpc, proven: false };
  });
  let preferred = 0;

  /** An endpoint of another chain answers everything, and every answer is wrong: asked before its first use, and after a fault. */
  async function prove(endpoint: (typeof endpoints)[number]): Promise<void> {
    if (endpoint.proven) return;
    const found = BigInt(await endpoint.rpc.send('eth_chainId', []));
    if (found !== BigInt(chainId))
      throw makeError(`the endpoint is on chain ${found}, not ${chainId}`, 'NETWORK_ERROR', {
        event: 'changed',
      });
    endpoint.proven = true;
  }

  async function read<T>(ask: (rpc: JsonRpcProvider) => Promise<T>): Promise<T> {
    let lastFault: unknown;
    for (let tries = 0; tries < endpoints.length; tries++) {
      const index = (preferred + tries) % endpoints.length;
      const endpoint = endpoints[index];
      if (endpoint === undefined) break;
      try {
        await prove(endpoint);
        const answer = await ask(endpoint.rpc);
        preferred = index;
        return answer;
      } catch (error) {
        if (!isEndpointFault(error)) throw error;
        endpoint.proven = false;
        lastFault = error;
      }
    }
    throw new AssayError('S408', {
      cause: lastFault,
      details: { rpcUrls: rpcUrls.map(withoutSecrets), reason: reasonOf(lastFault) },
      hint: 'No RPC endpoint gives a usable answer: check chain.rpcUrls, or add another.',
    });
  }

  return {
    chainId,
    read,
    async call({ to, abi, name, args }) {
      const data = abi.encodeFunctionData(name, args);
      // Decoded in there: an endpoint that lags behind answers 0x, and the next one may not.
      const results = await read(async (rpc) =>
        abi.decodeFunctionResult(name, await rpc.call({ to, data })),
      );
      return results.length === 1 ? results[0] : results;
    },
    health: () =>
      Promise.all(
        endpoints.map(async ({ url, rpc }): Promise<RpcHealth> => {
          const shown = withoutSecrets(url);
          try {
            const id = Number(BigInt(await rpc.send('eth_chainId', [])));
            return { url: shown, chainId: id, block: await rpc.getBlockNumber() };
          } catch (error) {
            return { url: shown, error: reasonOf(error) };
          }
        }),
      ),
    close: () => {
      for (const { rpc } of endpoints) rpc.destroy();
    },
  };
}

/** RPC addresses often carry a key in path or query: only the host is shown. */
const withoutSecrets = (url: string): string => new URL(url).host;

export function reasonOf(error: unknown): string {
  if (error instanceof AssayError && error.details.reason !== undefined)
    return `${error.code} ${error.message} ${error.details.reason}`.slice(0, 300);
  const said = rpcMessage(error);
  return safeMessage(error) + (said && `: ${safeMessage(said)}`);
}
