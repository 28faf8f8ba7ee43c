import {
  type Address,
  assayTokenAbi,
  type Deployment,
  digestOf,
  execClassId,
  type Hex,
  type Manifest,
  manifestBytes,
  manifestHash,
  manifestSchema,
  modelIdOf,
  modelRegistryAbi,
  offerIdOf,
  providerRegistryAbi,
  type Signer,
  signerOf,
  stakingAbi,
} from '@assay/wire';
import { Contract, JsonRpcProvider, NonceManager, Wallet } from 'ethers';

/** Anvil's well-known keys. */
export const KEYS = [
  '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80',
  '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d',
  '0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a',
  '0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6',
  '0x47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a',
  '0x8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba',
  '0x92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e',
  '0x4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356',
] as const satisfies readonly Hex[];

export const CLASS_NAME = 'test-runtime/cpu/any/all';
const UNIT = 10n ** 18n;

export const MANIFEST: Manifest = manifestSchema.parse({
  name: 'echo',
  version: '1',
  task: 'text-generation',
  unit: 'token',
  licence: 'Apache-2.0',
  files: [{ path: 'echo.onnx', role: 'model', sha256: `0x${'11'.repeat(32)}`, bytes: 10 }],
  inputs: [],
  outputs: [],
  opset: 17,
  ops: [],
  peakMemoryBytes: 1,
  parameters: { maxTokens: 10_000 },
  classes: [{ name: CLASS_NAME, scale: 10, tolerance: 5 }],
});

export const TENSOR_MANIFEST: Manifest = manifestSchema.parse({
  ...MANIFEST,
  name: 'double',
  task: 'tensor',
  unit: 'request',
  inputs: [{ name: 'x', datatype: 'FP32', shape: [-1] }],
  outputs: [{ name: 'y', datatype: 'FP32', shape: [-1] }],
});

export interface RegisteredProvider {
  readonly address: Address;
  readonly receiptKey: Signer;
  readonly offerId: (modelId: Hex) => Hex;
}

export interface TestChain {
  readonly models: { readonly text: Hex; readonly tensor: Hex };
  registerProvider(key: Hex, region: string, price?: bigint): Promise<RegisteredProvider>;
  readonly rpc: JsonRpcProvider;
  close(): void;
}

/** Publishes two models and registers providers, as their own accounts. */
export async function prepareChain(url: string, deployment: Deployment): Promise<TestChain> {
  const rpc = new JsonRpcProvider(url, deployment.chainId, {
    staticNetwork: true,
    pollingInterval: 20,
    cacheTimeout: -1,
  });
  const { contracts } = deployment;
  const publisher = new NonceManager(new Wallet(KEYS[1], rpc));
  const publisherAddress = (await publisher.getAddress()).toLowerCase() as Address;
  const publish = async (manifest: Manifest): Promise<Hex> => {
    const registry = new Contract(contracts.ModelRegistry, modelRegistryAbi, publisher);
    const hash = manifestHash(manifest);
    const classes = manifest.classes.map((known) => [
      execClassId(known.name),
      known.scale,
      known.tolerance,
    ]);
    await (
      await registry.getFunction('register')(
        manifestBytes(manifest),
        hash,
        classes,
        0,
        'file:///none',
      )
    ).wait();
    return modelIdOf(publisherAddress, hash);
  };
  const models = { text: await publish(MANIFEST), tensor: await publish(TENSOR_MANIFEST) };

  async function registerProvider(
    key: Hex,
    region: string,
    price = 100n,
  ): Promise<RegisteredProvider> {
    const wallet = new NonceManager(new Wallet(key, rpc));
    const address = (await wallet.getAddress()).toLowerCase() as Address;
    const receiptKey = signerOf(
      `0x${Buffer.from(`receipt key ${region}`.padEnd(32, '.')).toString('hex')}`,
    );
    const token = new Contract(contracts.AssayToken, assayTokenAbi, wallet);
    const staking = new Contract(contracts.Staking, stakingAbi, wallet);
    const registry = new Contract(contracts.ProviderRegistry, providerRegistryAbi, wallet);
    await (await token.getFunction('approve')(contracts.Staking, 1_000n * UNIT)).wait();
    await (await staking.getFunction('stake')(1_000n * UNIT)).wait();
    const domain = { chainId: deployment.chainId, verifyingContract: contracts.ProviderRegistry };
    const proof = receiptKey.sign(
      digestOf(domain, 'ReceiptKey', { provider: address, key: receiptKey.address }),
    );
    await (
      await registry.getFunction('register')(receiptKey.address, proof, region, address)
    ).wait();
    const validUntil = Math.floor(Date.now() / 1000) + 86_400;
    for (const modelId of [models.text, models.tensor])
      await (
        await registry.getFunction('setOffer')(
          modelId,
          price * 4n,
          execClassId(CLASS_NAME),
          validUntil,
        )
      ).wait();
    return { address, receiptKey, offerId: (modelId) => offerIdOf(address, modelId) };
  }
  return { models, registerProvider, rpc, close: () => rpc.destroy() };
}
