import { type IndexClient, MAX_GRAPHQL_BYTES, type RpcClient } from '@assay/kit';
import {
  type Address,
  AssayError,
  type Deployment,
  type Hex,
  sessionEscrowAbi,
  TENSOR_LIMITS,
  testUsdAbi,
} from '@assay/wire';
import { Interface } from 'ethers';
import { z } from 'zod';
import type { Network, NetworkReader, Token } from '../domain/network.ts';

export interface NetworkSettings {
  readonly deployment: Deployment;
  readonly gateway: Address;
  readonly hostedKey: Address;
  readonly gatewayFeePpm: number;
}

/** Outputs are kept this long. */
const RETENTION_SECONDS = 600;
const PARAMETERS_AGE_MS = 30_000;

const token = new Interface(testUsdAbi);
const escrow = new Interface(sessionEscrowAbi);

const amount = z.string().transform(BigInt);
const indexSchema = z.object({
  gateway: z.object({ bond: amount, bondThawing: amount }).nullable(),
  sessions: z.array(z.object({ balance: amount })),
});
/** Sessions above the limit count through the protocol's total, which bounds them all. */
const BOND = `query ($id: ID!, $gateway: String!) {
  gateway(id: $id) { bond bondThawing }
  sessions(first: 1000, where: { gateway: $gateway, status_not: "WITHDRAWN" }) { balance }
}`;

/** Reads token facts from the chain once, parameters every half minute, the bond from the index. */
export function createNetworkReader(
  index: IndexClient,
  rpc: RpcClient,
  settings: NetworkSettings,
): NetworkReader {
  const { deployment, gateway, hostedKey, gatewayFeePpm } = settings;
  const { contracts } = deployment;
  const tokens = once(() =>
    Promise.all([readToken(rpc, contracts.TestUSD), readToken(rpc, contracts.AssayToken)]),
  );
  let minDeposit = once(() => readMinDeposit(rpc, contracts.SessionEscrow));
  let readAt = performance.now();
  const parameters = () => {
    if (performance.now() - readAt > PARAMETERS_AGE_MS) {
      readAt = performance.now();
      minDeposit = once(() => readMinDeposit(rpc, contracts.SessionEscrow));
    }
    return minDeposit();
  };

  return {
    async read(): Promise<Network> {
      const [indexed, [paymentToken, stakeToken], smallestDeposit] = await Promise.all([
        index.query(BOND, { id: gateway, gateway }, indexSchema),
        onChain(tokens()),
        onChain(parameters()),
      ]);
      const { data, freshness } = indexed;
      return {
        chainId: BigInt(deployment.chainId),
        paymentToken,
        stakeToken,
        contracts: namedContracts(deployment),
        gateway,
        hostedKey,
        gatewayFeePpm,
        bond: data.gateway === null ? 0n : data.gateway.bond - data.gateway.bondThawing,
        guaranteed: data.sessions.reduce((sum, { balance }) => sum + balance, 0n),
        freshness,
        limits: {
          minDeposit: smallestDeposit,
          maxGraphqlBytes: MAX_GRAPHQL_BYTES,
          maxBlobBytes: BigInt(TENSOR_LIMITS.bytes),
          retentionSeconds: RETENTION_SECONDS,
        },
      };
    },
  };
}

function namedContracts({ contracts }: Deployment): Network['contracts'] {
  return Object.entries(contracts).map(([name, address]) => ({
    name,
    address: address as Address,
  }));
}

/** Remembers success; after a failure the next caller tries again. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => {
    reading ??= read().catch((error: unknown) => {
      reading = undefined;
      throw error;
    });
    return reading;
  };
}

async function onChain<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    throw new AssayError('S408', { cause, hint: 'Try again; the chain did not answer.' });
  }
}

const bytes = z.string().transform((value) => value as Hex);

async function view(rpc: RpcClient, to: Address, abi: Interface, name: string): Promise<unknown> {
  const data = abi.encodeFunctionData(name);
  const answer = await rpc.call('eth_call', [{ to, data }, 'latest'], bytes);
  return abi.decodeFunctionResult(name, answer);
}

const textResult = z.tuple([z.string()]).rest(z.unknown());
const numberResult = z.tuple([z.bigint()]).rest(z.unknown());

async function readToken(rpc: RpcClient, address: Address): Promise<Token> {
  const [name, symbol, decimals, version] = await Promise.all([
    view(rpc, address, token, 'name'),
    view(rpc, address, token, 'symbol'),
    view(rpc, address, token, 'decimals'),
    // A token that does not describe its domain signs under version 1 by custom.
    view(rpc, address, token, 'eip712Domain').then(versionOf, () => '1'),
  ]);
  return {
    address,
    version,
    name: textResult.parse([...(name as Iterable<unknown>)])[0],
    symbol: textResult.parse([...(symbol as Iterable<unknown>)])[0],
    decimals: Number(numberResult.parse([...(decimals as Iterable<unknown>)])[0]),
  };
}

function versionOf(domain: unknown): string {
  return z.string().parse((domain as { version?: unknown }).version);
}

async function readMinDeposit(rpc: RpcClient, address: Address): Promise<bigint> {
  const [parameters] = (await view(rpc, address, escrow, 'parameters')) as [
    { minDeposit: unknown },
  ];
  return z.bigint().parse(parameters.minDeposit);
}
