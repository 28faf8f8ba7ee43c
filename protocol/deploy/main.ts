import { parseArgs } from 'node:util';
import { isAddress } from 'ethers';
import { DeploymentError } from './deployment-error.ts';
import { deploy, localParameters, mainnetParameters, testnetParameters } from './index.ts';

const USAGE = `node protocol/deploy/main.ts --rpc URL [--state FILE] [--network local|testnet|mainnet]
    [--payment-token ADDRESS] [--governor ADDRESS] [--guardian ADDRESS] [--treasury ADDRESS]
The deployer's key is read from DEPLOYER_KEY; on a local network it is anvil's first account.
`;
const ANVIL_KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
const NETWORKS = { local: localParameters, testnet: testnetParameters, mainnet: mainnetParameters };

const { values } = parseArgs({
  options: {
    rpc: { type: 'string' },
    state: { type: 'string' },
    network: { type: 'string', default: 'local' },
    'payment-token': { type: 'string' },
    governor: { type: 'string' },
    guardian: { type: 'string' },
    treasury: { type: 'string' },
  },
});

function fail(message: string): never {
  process.stderr.write(`${message}\n${USAGE}`);
  process.exit(2);
}

const network = values.network;
if (network !== 'local' && network !== 'testnet' && network !== 'mainnet')
  fail(`Unknown network ${network}.`);
const deployerKey = process.env.DEPLOYER_KEY ?? (network === 'local' ? ANVIL_KEY : undefined);
if (values.rpc === undefined) fail('--rpc is missing.');
if (deployerKey === undefined) fail('DEPLOYER_KEY is missing.');
const own = {
  paymentToken: values['payment-token'],
  governor: values.governor,
  guardian: values.guardian,
  treasury: values.treasury,
};
if (network === 'mainnet' && Object.values(own).includes(undefined))
  fail('mainnet needs --payment-token, --governor, --guardian and --treasury.');
for (const [name, value] of Object.entries(own))
  if (value !== undefined && !isAddress(value)) fail(`${name}: ${value} is not an address.`);

const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
try {
  const deployment = await deploy({
    rpcUrl: values.rpc,
    deployerKey,
    parameters: { ...NETWORKS[network], ...given },
    ...(values.state === undefined ? {} : { statePath: values.state }),
    onProgress: (step, done, total) => process.stderr.write(`${done}/${total} ${step}\n`),
  });
  process.stdout.write(`${JSON.stringify(deployment, null, 2)}\n`);
} catch (error) {
  if (!(error instanceof DeploymentError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
