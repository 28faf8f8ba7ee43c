/** Any address, for tests in which nothing is sent there. */
export const ANY_ADDRESS = `0x${'11'.repeat(20)}`;

const NAMES = [
  ...['TestUSD', 'AssayToken', 'Staking', 'ModelRegistry', 'ProviderRegistry', 'SessionEscrow'],
  ...['DisputeManager', 'Timelock', 'BlockhashRandomness', 'Committee'],
];

/** A deployment as its file holds it, of contracts that are not there. */
export const DEPLOYMENT = {
  chainId: 31337,
  deployBlock: 0,
  contracts: Object.fromEntries(NAMES.map((name) => [name, ANY_ADDRESS])),
};
