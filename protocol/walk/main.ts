import { deploy } from '../deploy/index.ts';
import { Parties } from './parties.ts';
import { startAnvil } from './start-anvil.ts';
import { type Step, walk } from './walk.ts';

const FIRST_ANVIL_KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';

function print({ what, gas, note }: Step): void {
  const cost = gas === undefined ? '' : gas.toLocaleString('en');
  process.stdout.write(`${what.padEnd(52)}${cost.padStart(9)} ${note ?? ''}\n`);
}

using anvil = await startAnvil();
const deployment = await deploy({ rpcUrl: anvil.rpcUrl, deployerKey: FIRST_ANVIL_KEY });
const parties = new Parties(anvil.rpcUrl, deployment);
try {
  await walk(parties, print);
} finally {
  parties.chain.destroy();
}
