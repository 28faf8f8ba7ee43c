import { governanceAbi, stakingAbi } from '@assay/wire';
import { Contract, JsonRpcProvider, Wallet } from 'ethers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Anvil, startAnvil } from '../walk/start-anvil.ts';
import { deploy } from './deploy.ts';
import { creationCall } from './deterministic-deployer.ts';
import { localParameters } from './parameters.ts';
import { planContracts } from './plan.ts';
import { sendAll } from './send-all.ts';

const KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
let anvil: Anvil;
let chain: JsonRpcProvider;

beforeAll(async () => {
  anvil = await startAnvil();
  chain = new JsonRpcProvider(anvil.rpcUrl, undefined, { cacheTimeout: -1, pollingInterval: 20 });
}, 30_000);

afterAll(() => {
  chain.destroy();
  anvil[Symbol.dispose]();
});

test('finishes what a crash left, then finds it complete', { timeout: 60_000 }, async () => {
  const deployer = new Wallet(KEY, chain);
  const plan = planContracts(localParameters, deployer.address);
  const first = plan.slice(0, 4).map(({ creationCode }) => creationCall(creationCode ?? ''));
  await sendAll(deployer, first);

  const finished = await deploy({ rpcUrl: anvil.rpcUrl, deployerKey: KEY });
  const sent = await deployer.getNonce();
  const again = await deploy({ rpcUrl: anvil.rpcUrl, deployerKey: KEY });
  expect(again).toEqual(finished);
  expect(await deployer.getNonce()).toBe(sent);
  expect(finished.deployBlock).toBe(1);

  const staking = new Contract(finished.contracts.Staking, stakingAbi, chain);
  const slasher: string = await staking.getFunction('slasher')();
  expect(slasher.toLowerCase()).toBe(finished.contracts.DisputeManager);
  const timelock = new Contract(finished.contracts.Timelock, governanceAbi, chain);
  expect(await timelock.getFunction('getMinDelay')()).toBe(BigInt(localParameters.timelockDelay));
});

test('other parameters are another deployment', () => {
  const other = { ...localParameters, timelockDelay: 5, minWindow: 2 };
  const addresses = (parameters: typeof localParameters) =>
    new Map(
      planContracts(parameters, Wallet.createRandom().address).map((c) => [c.name, c.address]),
    );
  expect(addresses(other).get('SessionEscrow')).not.toBe(
    addresses(localParameters).get('SessionEscrow'),
  );
  expect(addresses(other).get('TestUSD')).toBe(addresses(localParameters).get('TestUSD'));
});
