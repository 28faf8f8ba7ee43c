import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { AssayError, networkSchema, toHex } from '@assay/wire';
import { encryptKeystoreJson, Wallet } from 'ethers';

export interface InitOptions {
  readonly directory: string;
  /** `.localnet/network.json` or one like it. */
  readonly network?: string;
  readonly rpc?: string;
  readonly deployment?: string;
  readonly marketplace?: string;
  readonly bundle: string;
  readonly modelId?: string;
  readonly publisher?: string;
  readonly price: string;
  readonly region?: string;
  readonly ownerKeyFile?: string;
}

/** Writes a config and a new receipt key, encrypted under a new password beside it. Never overwrites. */
export async function initProvider(
  options: InitOptions,
): Promise<{ file: string; receiptKey: string }> {
  const directory = resolve(options.directory);
  const file = join(directory, 'provider.json');
  if (existsSync(file))
    throw refused(file, 'exists already; move it away, or choose another --dir');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const config = { ...describe(options, directory), ...(await newKeys(options, directory)).config };
  writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  const keystore = JSON.parse(readFileSync(join(directory, 'receipt.keystore.json'), 'utf8')) as {
    address: string;
  };
  return { file, receiptKey: `0x${keystore.address.replace(/^0x/, '')}` };
}

function describe(options: InitOptions, directory: string): object {
  const network = options.network === undefined ? undefined : readNetwork(options.network);
  const rpc = options.rpc ?? network?.chainRpc;
  const marketplace = options.marketplace ?? network?.providerLink;
  const deployment =
    options.deployment ??
    (network && { chainId: network.chainId, deployBlock: 0, contracts: network.contracts });
  if (rpc === undefined || marketplace === undefined || deployment === undefined)
    throw refused('provider.json', 'give --network, or --rpc, --deployment and --marketplace');
  const local = network !== undefined && ['127.0.0.1', 'localhost'].includes(new URL(rpc).hostname);
  return {
    dataDir: './data',
    chain: {
      rpcUrls: [rpc],
      deployment: typeof deployment === 'string' ? resolve(deployment) : deployment,
    },
    marketplaces: [{ url: marketplace }],
    models: [
      {
        bundle: pathFrom(directory, options.bundle),
        ...modelNames(options, network?.models),
        price: options.price,
      },
    ],
    // A local network shows claims at once; elsewhere the defaults weigh them against gas.
    ...(local && { settlement: { claimEverySeconds: 2, minClaim: '1', gasFactor: 0 } }),
    registration: { region: options.region ?? 'unknown' },
  };
}

function modelNames(
  options: InitOptions,
  known: Readonly<Record<string, string>> | undefined,
): object {
  if (options.modelId !== undefined) return { modelId: options.modelId };
  if (options.publisher !== undefined) return { publisher: options.publisher };
  const name = nameIn(options.bundle);
  const modelId = name === undefined ? undefined : known?.[name];
  if (modelId !== undefined) return { modelId };
  throw refused('models[0]', 'give --model-id or --publisher: which model on chain is the bundle?');
}

function nameIn(bundle: string): string | undefined {
  const manifest = join(bundle, 'manifest.json');
  if (!existsSync(manifest)) return undefined;
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }).name;
}

const pathFrom = (directory: string, bundle: string): string =>
  /^(npm:|https?:)/.test(bundle) ? bundle : relative(directory, resolve(bundle)) || '.';

function readNetwork(file: string) {
  const parsed = networkSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (parsed.success) return parsed.data;
  throw refused(file, 'is no network.json of a local network');
}

async function newKeys(
  { ownerKeyFile }: InitOptions,
  directory: string,
): Promise<{ config: object }> {
  const password = randomBytes(24).toString('base64url');
  const { address, privateKey } = Wallet.createRandom();
  const keystore = await encryptKeystoreJson({ address, privateKey }, password, {
    scrypt: { N: 1 << 15 },
  });
  writeFileSync(join(directory, 'receipt.keystore.json'), keystore, { mode: 0o600, flag: 'wx' });
  writeFileSync(join(directory, 'receipt.password'), password, { mode: 0o600, flag: 'wx' });
  const receiptKey = {
    keystoreFile: './receipt.keystore.json',
    passwordFile: './receipt.password',
  };
  if (ownerKeyFile !== undefined)
    return {
      config: { keys: { receiptKey, ownerKey: { privateKeyFile: resolve(ownerKeyFile) } } },
    };
  writeFileSync(join(directory, 'owner.key'), toHex(randomBytes(32)), { mode: 0o600, flag: 'wx' });
  return { config: { keys: { receiptKey, ownerKey: { privateKeyFile: './owner.key' } } } };
}

const refused = (file: string, reason: string): AssayError =>
  new AssayError('P320', { details: { file, reason } });
