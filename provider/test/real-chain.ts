import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
// The processes of a local network are this test's furniture.
import { startAnvil } from '../../localnet/src/processes/index.ts';

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
  const directory = mkdtempSync(join(tmpdir(), 'assay-chain-'));
  const anvil = await startAnvil({ logFile: join(directory, 'anvil.log') });
  const { url } = anvil;
  const deployment = await deploy({ rpcUrl: url, deployerKey: accountKey(0) });
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
      await anvil.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
