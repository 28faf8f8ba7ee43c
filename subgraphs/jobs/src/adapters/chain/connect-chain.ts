import { type AbstractProvider, FallbackProvider, JsonRpcProvider, Network } from 'ethers';

/** One provider over all RPC endpoints: the first answers while it can, the others stand in. */
export function connectChain(urls: readonly string[], chainId: number): AbstractProvider {
  const network = Network.from(chainId);
  const options = {
    staticNetwork: network,
    batchMaxCount: 1,
    // A remembered head or nonce would hide the block that has just been mined.
    cacheTimeout: -1,
    polling: true,
    pollingInterval: 250,
  };
  const providers = urls.map((url) => new JsonRpcProvider(url, network, options));
  const [only, ...others] = providers;
  if (only === undefined) throw new RangeError('at least one chain RPC URL is needed');
  if (others.length === 0) return only;
  return new FallbackProvider(
    providers.map((provider, priority) => ({
      provider,
      priority: priority + 1,
      stallTimeout: 1_000,
    })),
    network,
    { quorum: 1 },
  );
}
