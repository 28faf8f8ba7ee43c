import { stakingAbi, testUsdAbi } from '@assay/wire';
import { Contract, JsonRpcProvider, NonceManager, Wallet } from 'ethers';
import { expect, inject, onTestFinished, test } from 'vitest';
import { data } from './stranger/graphql.ts';

const network = inject('network');
const ONE_TOKEN = 10n ** 18n;
const patiently = { timeout: 30_000, interval: 50 };

interface Unsigned {
  readonly to: string;
  readonly data: string;
  readonly value: string;
  readonly gas: string | null;
  readonly simulation: string;
  readonly approval: Unsigned | null;
}

async function setup() {
  const chain = new JsonRpcProvider(network.chainRpc, network.chainId, {
    staticNetwork: true,
    pollingInterval: 20,
  });
  onTestFinished(() => chain.destroy());
  const wallet = new NonceManager(new Wallet(network.demo.payerPrivateKey, chain));
  const address = (await wallet.getAddress()).toLowerCase();
  const at = (name: string) => network.contracts[name] ?? '';
  return {
    wallet,
    address,
    provider: network.providers[1] ?? '',
    staking: new Contract(at('Staking'), stakingAbi, wallet),
    paymentToken: new Contract(at('TestUSD'), testUsdAbi, wallet),
  };
}

const FIELDS = 'to data value gas simulation';

async function transaction(from: string, action: object): Promise<Unsigned> {
  const query = `query ($action: ActionInput!, $from: Address!) {
    transaction(action: $action, from: $from) { ${FIELDS} approval { ${FIELDS} } }
  }`;
  return (await data(network.graphql, { query, variables: { action, from } })).transaction;
}

async function staker(address: string) {
  const query = `query ($address: Address!) { staker(address: $address) {
    rewards freshness { stale }
    delegations { shares value rewards provider { id reputation { score } staking { delegated yield7d } } }
    thaws { tokens provider { id } }
  } }`;
  return (await data(network.graphql, { query, variables: { address } })).staker;
}

test('a wallet delegates, earns and leaves with what the API builds for it, and sees it as the chain does', async () => {
  const { wallet, address, provider, staking, paymentToken } = await setup();
  const call = (contract: Contract, name: string, ...args: unknown[]) =>
    contract.getFunction(name)(...args);
  const send = async ({ to, data: bytes }: Unsigned) =>
    (await wallet.sendTransaction({ to, data: bytes })).wait();

  const amount = `${5n * ONE_TOKEN}`;
  const delegate = { delegate: { provider, amount } };
  const first = await transaction(address, delegate);
  expect(first).toMatchObject({ gas: null, approval: { simulation: 'ok' } });
  expect(first.simulation).toContain('ERC20InsufficientAllowance');
  await send(first.approval as Unsigned);
  const second = await transaction(address, delegate);
  expect(second).toMatchObject({ simulation: 'ok', approval: null });
  await send(second);

  const reward = 3_000_000n;
  await (await call(paymentToken, 'mint', address, reward)).wait();
  await (await call(paymentToken, 'approve', await staking.getAddress(), reward)).wait();
  await (await call(staking, 'addRewards', provider, reward)).wait();
  await expect.poll(async () => (await staker(address)).rewards, patiently).not.toBe('0');

  const shares: bigint = (await call(staking, 'delegation', provider, address)).shares;
  expect(await staker(address)).toMatchObject({
    freshness: { stale: false },
    rewards: `${await call(staking, 'rewardsOf', provider, address)}`,
    delegations: [
      {
        shares: `${shares}`,
        value: amount,
        provider: {
          id: provider.toLowerCase(),
          staking: {
            delegated: `${(await call(staking, 'pool', provider)).tokens}`,
            yield7d: expect.any(Number),
          },
        },
      },
    ],
  });

  await send(await transaction(address, { undelegate: { provider, amount: `${shares}` } }));
  await expect
    .poll(async () => (await staker(address)).thaws, patiently)
    .toMatchObject([{ tokens: amount, provider: { id: provider.toLowerCase() } }]);
  const claim = await transaction(address, { claimRewards: provider });
  expect(claim.simulation).toBe('ok');
  await send(claim);
  await expect.poll(async () => (await staker(address)).rewards, patiently).toBe('0');
});
