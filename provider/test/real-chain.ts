import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { deploy } from '@assay/protocol/deploy';
import {
  type Address,
  type Deployment,
  digestOf,
  execClassId,
  type Grant,
  type Hex,
  lowerAddress,
  manifestBytes,
  manifestHash,
  modelRegistryAbi,
  parseManifest,
  sessionEscrowAbi,
  testUsdAbi,
  toHex,
} from '@assay/wire';
import { Contract, HDNodeWallet, JsonRpcProvider, Mnemonic, NonceManager, Wallet } from 'ethers';

const MNEMONIC = Mnemonic.fromPhrase('test test test test test test test test test test test junk');
const WITHDRAW_DELAY = 3_600;

/** Key of one of anvil's funded accounts. */
export function accountKey(index: number): Hex {
  return HDNodeWallet.fromMnemonic(MNEMONIC, `m/44'/60'/0'/0/${index}`).privateKey as Hex;
}

/** A real EVM with Assay's contracts on it. */
export interface RealChain {
  readonly url: string;
  readonly rpc: JsonRpcProvider;
  readonly deployment: Deployment;
  publish(bundle: string): Promise<Address>;
  /** Opens a session of account 4 for a key and a gateway. */
  openSession(
    key: Address,
    gateway: Address,
    deposit: bigint,
  ): Promise<{ sessionId: Hex; grant: Grant }>;
  closeSession(grant: Grant): Promise<void>;
  signer(index: number): NonceManager;
  stop(): Promise<void>;
}

export async function startRealChain(): Promise<RealChain> {
  const { anvil, url } = await spawnAnvil();
  const deployment = await deploy({ rpcUrl: url, deployerKey: accountKey(0) }).catch((error) => {
    anvil.kill();
    throw error;
  });
  const rpc = new JsonRpcProvider(url, undefined, {
    staticNetwork: true,
    pollingInterval: 50,
    cacheTimeout: -1,
  });
  const signer = (index: number): NonceManager =>
    new NonceManager(new Wallet(accountKey(index), rpc));
  const contract = (at: Address, abi: readonly unknown[], index: number): Contract =>
    new Contract(at, abi as never, signer(index));
  const send = async (target: Contract, method: string, ...args: unknown[]): Promise<void> => {
    const sent = await target.getFunction(method)(...args);
    await sent.wait();
  };
  const { SessionEscrow, TestUSD, ModelRegistry } = deployment.contracts;
  const domain = { chainId: deployment.chainId, verifyingContract: SessionEscrow };
  return {
    url,
    rpc,
    deployment,
    signer,
    async publish(bundle) {
      const manifest = parseManifest(readFileSync(join(bundle, 'manifest.json')));
      const classes = manifest.classes.map(({ name, scale, tolerance }) => [
        execClassId(name),
        scale,
        tolerance,
      ]);
      const registry = contract(ModelRegistry, modelRegistryAbi, 1);
      await send(
        registry,
        'register',
        manifestBytes(manifest),
        manifestHash(manifest),
        classes,
        0,
        'file:///models',
      );
      return lowerAddress(new Wallet(accountKey(1)).address);
    },
    async openSession(key, gateway, deposit) {
      const payer = lowerAddress(new Wallet(accountKey(4)).address);
      const grant: Grant = {
        payer,
        key,
        gateway,
        gatewayFeePpm: 10_000,
        expiresAt: BigInt(Math.floor(Date.now() / 1000) + 86_400),
        withdrawDelay: WITHDRAW_DELAY,
        policy: `0x${'00'.repeat(32)}`,
        salt: toHex(randomBytes(32)),
      };
      await send(contract(TestUSD, testUsdAbi, 4), 'mint', payer, deposit);
      await send(contract(TestUSD, testUsdAbi, 4), 'approve', SessionEscrow, deposit);
      await send(contract(SessionEscrow, sessionEscrowAbi, 4), 'openWithApproval', grant, deposit);
      return { sessionId: digestOf(domain, 'Grant', grant), grant };
    },
    closeSession: (grant) => send(contract(SessionEscrow, sessionEscrowAbi, 4), 'close', grant),
    async stop() {
      rpc.destroy();
      anvil.kill();
      await new Promise((resolve) => anvil.once('exit', resolve));
    },
  };
}

async function spawnAnvil(): Promise<{ anvil: ChildProcess; url: string }> {
  const pack = createRequire(import.meta.url).resolve('@foundry-rs/anvil-linux-amd64/package.json');
  const anvil = spawn(join(dirname(pack), 'bin/anvil'), ['--port', '0', '--host', '127.0.0.1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: anvil.stdout as NodeJS.ReadableStream })) {
    const [, address] = /Listening on (\S+)/.exec(line) ?? [];
    if (address === undefined) continue;
    anvil.stdout?.resume();
    return { anvil, url: `http://${address}` };
  }
  throw new Error('anvil ended before it listened');
}
