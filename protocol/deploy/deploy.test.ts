import { once } from 'node:events';
import { governanceAbi, sessionEscrowAbi, stakingAbi } from '@assay/wire';
import { Contract, JsonRpcProvider, Wallet, ZeroHash } from 'ethers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Anvil, startAnvil } from '../walk/start-anvil.ts';
import { deploy } from './deploy.ts';
import { DeploymentError } from './deployment-error.ts';
import { creationCall } from './deterministic-deployer.ts';
import { type DeployParameters, localParameters } from './parameters.ts';
import { planContracts } from './plan.ts';
import { cutAfter } from './test/cut-after.ts';

const KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
const GOVERNOR = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const [FIRST = '', SECOND = ''] = localParameters.fund.accounts;
const DELAY = 3600;
const governed: DeployParameters = {
  ...localParameters,
  governor: GOVERNOR,
  timelockDelay: DELAY,
  fund: { ...localParameters.fund, accounts: [FIRST] },
};
const ROLES = ['PROPOSER_ROLE', 'CANCELLER_ROLE', 'EXECUTOR_ROLE', 'DEFAULT_ADMIN_ROLE'];

let anvil: Anvil;
let chain: JsonRpcProvider;
let deployer: Wallet;
let untouched: string;

beforeAll(async () => {
  // Without the CREATE2 factory, as on a chain nobody deployed to.
  anvil = await startAnvil('--disable-default-create2-deployer');
  chain = new JsonRpcProvider(anvil.rpcUrl, undefined, { cacheTimeout: -1, pollingInterval: 20 });
  deployer = new Wallet(KEY, chain);
}, 30_000);

beforeEach(async () => {
  untouched = await chain.send('evm_snapshot', []);
});
afterEach(async () => {
  await chain.send('evm_revert', [untouched]);
});

afterAll(() => {
  chain.destroy();
  anvil[Symbol.dispose]();
});

const run = (parameters?: DeployParameters, rpcUrl = anvil.rpcUrl) =>
  deploy({ rpcUrl, deployerKey: KEY, ...(parameters === undefined ? {} : { parameters }) });

const plain = localParameters;
const addressesOf = (parameters: DeployParameters) =>
  Object.fromEntries(
    planContracts(parameters, deployer.address).map((c) => [c.name, c.address.toLowerCase()]),
  );

async function rolesOf(timelock: Contract, account: string): Promise<string[]> {
  const held = await Promise.all(
    ROLES.map(async (role) =>
      timelock.getFunction('hasRole')(await timelock.getFunction(role)(), account),
    ),
  );
  return ROLES.filter((_, i) => held[i]);
}

/** Everything a complete deployment is, read from the chain. */
async function expectComplete(
  parameters: DeployParameters,
  deployment: Awaited<ReturnType<typeof run>>,
) {
  expect(deployment.contracts).toEqual(addressesOf(parameters));
  const { Timelock, Staking, DisputeManager, SessionEscrow } = deployment.contracts;
  const timelock = new Contract(Timelock, governanceAbi, chain);
  const slasher: string = await new Contract(Staking, stakingAbi, chain).getFunction('slasher')();
  expect(slasher.toLowerCase()).toBe(DisputeManager);
  expect(await timelock.getFunction('getMinDelay')()).toBe(BigInt(parameters.timelockDelay));
  const governor = parameters.governor ?? deployer.address;
  expect(await rolesOf(timelock, governor)).toEqual(['PROPOSER_ROLE', 'CANCELLER_ROLE']);
  if (governor !== deployer.address) expect(await rolesOf(timelock, deployer.address)).toEqual([]);
  expect(await new Contract(SessionEscrow, sessionEscrowAbi, chain).getFunction('treasury')()).toBe(
    parameters.treasury ?? governor,
  );
  for (const account of parameters.fund.accounts)
    expect(await balance(deployment.contracts.TestUSD, account)).toBe(
      parameters.fund.paymentTokens,
    );
}

const ERC20 = ['function balanceOf(address) view returns (uint256)'];
const balance = (token: string, account: string): Promise<bigint> =>
  new Contract(token, ERC20, chain).getFunction('balanceOf')(account);

test('a governor of its own governs alone afterwards', { timeout: 60_000 }, async () => {
  const deployment = await run(governed);
  await expectComplete(governed, deployment);

  const timelock = new Contract(deployment.contracts.Timelock, governanceAbi, deployer);
  const propose = timelock.getFunction('schedule');
  const nothing = [deployer.address, 0n, '0x', ZeroHash, ZeroHash];
  await expect(propose.staticCall(...nothing, DELAY)).rejects.toThrow(
    'AccessControlUnauthorizedAccount',
  );
  const asGovernor = { from: GOVERNOR };
  await expect(
    new Contract(deployment.contracts.Timelock, governanceAbi, chain)
      .getFunction('schedule')
      .staticCall(...nothing, DELAY - 1, asGovernor),
  ).rejects.toThrow('TimelockInsufficientDelay');
});

describe.each([
  ['a governor of its own', governed, 0],
  // Up to the last contract it is the same deployment.
  ['the deployer', { ...plain, fund: { ...plain.fund, accounts: [FIRST, SECOND] } }, 12],
])('governed by %s', (_, parameters, firstCut) => {
  test('is complete after a crash before any of its transactions', {
    timeout: 600_000,
  }, async () => {
    const whole = await transactionsOf(parameters);
    expect(whole).toBeGreaterThan(13);
    for (let cut = firstCut; cut < whole; cut++) {
      const before = await chain.send('evm_snapshot', []);
      await using broken = await cutAfter(anvil.rpcUrl, cut);
      await expect(run(parameters, broken.url)).rejects.toThrow('cut');
      expect(broken.sent()).toBe(cut);
      await expectComplete(parameters, await run(parameters));
      await chain.send('evm_revert', [before]);
    }
  });

  test('a second run finds it complete and sends nothing', { timeout: 60_000 }, async () => {
    const first = await run(parameters);
    await using silent = await cutAfter(anvil.rpcUrl, 0);
    expect(await run(parameters, silent.url)).toEqual(first);
    expect(first.deployBlock).toBeGreaterThan(0);
  });
});

/** How many a whole deployment sends: every one of them is a place to die. */
async function transactionsOf(parameters: DeployParameters): Promise<number> {
  const before = await chain.send('evm_snapshot', []);
  await using counted = await cutAfter(anvil.rpcUrl, Number.POSITIVE_INFINITY);
  await run(parameters, counted.url);
  await chain.send('evm_revert', [before]);
  return counted.sent();
}

test('waits for what an earlier run left in the pool', { timeout: 60_000 }, async () => {
  await run(governed);
  const plan = planContracts(plain, deployer.address).filter(
    ({ name }) => name === 'Timelock' || name === 'Staking',
  );
  await chain.send('evm_setAutomine', [false]);
  const nonce = await deployer.getNonce();
  for (const [i, { creationCode }] of plan.entries())
    await deployer.sendTransaction({
      ...creationCall(creationCode ?? ''),
      nonce: nonce + i,
      gasLimit: 8_000_000n,
    });
  await using way = await cutAfter(anvil.rpcUrl, Number.POSITIVE_INFINITY);
  const looked = once(way.answered, 'eth_getTransactionCount');
  const resumed = run(plain, way.url);
  await looked;
  await chain.send('anvil_mine', []);
  await chain.send('evm_setAutomine', [true]);
  await expectComplete(plain, await resumed);
});

test('refuses other code at a planned address', { timeout: 60_000 }, async () => {
  await run(plain);
  const committee = addressesOf(plain).Committee ?? '';
  const code = await chain.getCode(committee);
  await chain.send('anvil_setCode', [committee, `${code.slice(0, -2)}00`]);
  await expect(run(plain)).rejects.toThrow(DeploymentError);
  await expect(run(plain)).rejects.toThrow(/Other code than Committee's/);
});

describe('a payment token of the chain’s own', () => {
  test('that is none is refused before anything is sent', { timeout: 60_000 }, async () => {
    const { contracts } = await run(plain);
    const sent = await deployer.getNonce();
    // Answers 18 to everything.
    const eighteen = Wallet.createRandom().address;
    await chain.send('anvil_setCode', [eighteen, '0x60125f5260205ff3']);
    const cases = [
      [eighteen, 'it has 18 decimals, not 6'],
      [GOVERNOR, 'no contract stands there'],
      [addressesOf(plain).Committee ?? '', 'it has no balanceOf'],
      [contracts.AssayToken, 'it has no authorizationState'],
    ] as const;
    for (const [paymentToken, reason] of cases) {
      const attempt = run({ ...governed, paymentToken });
      await expect(attempt).rejects.toThrow(DeploymentError);
      await expect(attempt).rejects.toThrow(reason);
    }
    expect(await deployer.getNonce()).toBe(sent);
  });

  test('that answers as one is used and never minted', { timeout: 60_000 }, async () => {
    const { contracts } = await run(plain);
    const parameters = { ...governed, paymentToken: contracts.TestUSD };
    const held = await balance(contracts.TestUSD, FIRST);
    const second = await run({
      ...parameters,
      fund: { ...plain.fund, accounts: [GOVERNOR, FIRST] },
    });
    expect(second.contracts.TestUSD).toBe(contracts.TestUSD);
    expect(await balance(contracts.TestUSD, FIRST)).toBe(held);
  });
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
