import { stakingAbi } from '@assay/wire';
import { Contract, encodeBytes32String, id, JsonRpcProvider, type Signer } from 'ethers';
import { expect, inject, onTestFinished, test } from 'vitest';
import { data } from './stranger/graphql.ts';

const network = inject('network');
const ONE_TOKEN = 10n ** 18n;
const patiently = { timeout: 30_000, interval: 20 };

async function setup() {
  const chain = new JsonRpcProvider(network.chainRpc, network.chainId, {
    staticNetwork: true,
    pollingInterval: 20,
  });
  onTestFinished(() => chain.destroy());
  const slasher = await unlocked(chain, network.contracts.DisputeManager ?? '');
  const staking = new Contract(network.contracts.Staking ?? '', stakingAbi, slasher);
  const [provider = ''] = network.providers;
  return { chain, staking, slasher, provider };
}

/** A verdict takes jurors and minutes; here the dispute manager's word is enough. */
async function unlocked(chain: JsonRpcProvider, account: string): Promise<Signer> {
  await chain.send('anvil_impersonateAccount', [account]);
  await chain.send('anvil_setBalance', [account, '0xde0b6b3a7640000']);
  return chain.getSigner(account);
}

async function standing(provider: string) {
  const query = `query ($id: Address!) {
    provider(id: $id) {
      reputation { score trust eligible lastChange { reason } freshness { stale } }
      staking { own slashes { evidence reason } }
    }
    providers(orderBy: SCORE) { edges { node { id } } }
  }`;
  const answer = await data(network.graphql, { query, variables: { id: provider } });
  const { reputation, staking } = answer.provider;
  const ranking: string[] = answer.providers.edges.map(
    (edge: { node: { id: string } }) => edge.node.id,
  );
  return { ...reputation, own: BigInt(staking.own), slashes: staking.slashes, ranking };
}

test('a slash changes score and routing within moments of its block, and a reorg takes it back', async () => {
  const { chain, staking, slasher, provider } = await setup();
  const before = await standing(provider);
  const evidence = id(`slash of ${Date.now()}`);

  const sent = await staking.getFunction('slash')(
    provider,
    ONE_TOKEN,
    0,
    await slasher.getAddress(),
    evidence,
    encodeBytes32String('conflict'),
  );
  const { blockNumber } = await sent.wait();
  const included = performance.now();
  await expect
    .poll(async () => (await standing(provider)).score, patiently)
    .toBeLessThan(before.score - 0.1);
  console.info(`slash to score: ${Math.round(performance.now() - included)} ms after its block`);

  const slashed = await standing(provider);
  expect(slashed).toMatchObject({ own: before.own - ONE_TOKEN, freshness: { stale: false } });
  expect(slashed.slashes[0]).toMatchObject({ evidence, reason: 'conflict' });
  expect(slashed.lastChange.reason).toMatch(/record fell/);
  await expect
    .poll(async () => (await standing(provider)).ranking.at(-1), patiently)
    .toBe(provider.toLowerCase());

  // A block a second is mined meanwhile: some more than seem needed.
  const depth = (await chain.getBlockNumber()) - blockNumber + 5;
  await chain.send('anvil_reorg', [depth, []]);
  const reorganised = performance.now();
  await expect
    .poll(async () => (await standing(provider)).score, patiently)
    .toBeGreaterThan(before.score - 0.05);
  console.info(`reorg to score: ${Math.round(performance.now() - reorganised)} ms`);
  expect(await standing(provider)).toMatchObject({ own: before.own });
});
