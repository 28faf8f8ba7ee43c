import type { Provider } from 'ethers';

/**
 * The block that created a contract, by halving. Needs a node that remembers old states; without one the answer is 0,
 * from where an index is slower but never wrong.
 */
export async function findDeployBlock(provider: Provider, address: string): Promise<number> {
  let [low, high] = [0, await provider.getBlockNumber()];
  try {
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((await provider.getCode(address, middle)) === '0x') low = middle + 1;
      else high = middle;
    }
    return low;
  } catch {
    return 0;
  }
}
