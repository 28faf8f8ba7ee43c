import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { type Address, AssayError, lowerAddress, networkSchema } from '@assay/wire';
import { encryptKeystoreJson, hexlify, Wallet } from 'ethers';
import { z } from 'zod';
import { configSchema } from '../config.ts';
import { ownerAddressOf } from '../keys/owner-address-of.ts';
import { useNativeScrypt } from '../keys/use-native-scrypt.ts';
import { graphqlOf } from './ask-market.ts';

export interface InitOptions {
  readonly directory: string;
  /** `.localnet/network.json` or one like it. */
  readonly network?: string;
  readonly rpc?: string;
  readonly deployment?: string;
  readonly marketplace?: string;
  /** Where the marketplace answers GraphQL, where that is not beside its link. */
  readonly graphql?: string;
  readonly bundle: string;
  readonly modelId?: string;
  readonly publisher?: string;
  readonly price: string;
  readonly region?: string;
  /** The owner's key, keystore or plain, as it is; without it a new keystore is made. */
  readonly ownerKeyFile?: string;
  /** Asked for only where a new owner's key is made. */
  readonly ownerPassword?: (() => Promise<string>) | undefined;
}

export interface Initialised {
  readonly file: string;
  readonly receiptKey: string;
  readonly owner: Address;
  readonly ownerKeyFile: string;
}

/**
 * Writes a config and a new receipt key, encrypted under a new password beside it, and where none is given a new owner's key,
 * encrypted under the password that is given. The config names no owner's key: it is cold. Never overwrites, and leaves
 * nothing behind where it fails. Throws P320 or P321.
 */
export async function initProvider(options: InitOptions): Promise<Initialised> {
  const directory = resolve(options.directory);
  const file = join(directory, 'provider.json');
  if (existsSync(file))
    throw refused(file, 'exists already; move it away, or choose another --dir');
  const described = describe(options, directory);
  checkBeforehand(file, described);
  const { files, keys, ...made } = await newKeys(options, directory);
  const config = `${JSON.stringify({ ...described, keys }, null, 2)}\n`;
  writeAll(directory, { ...files, 'provider.json': config });
  return { file, ...made };
}

/** All but the keys, which are not there yet: nothing is written where `start` would refuse it. */
function checkBeforehand(file: string, described: object): void {
  const keys = { receiptKey: { keystoreFile: 'receipt.keystore.json' } };
  const { error } = configSchema.safeParse({ ...described, keys });
  if (error) throw refused(file, z.prettifyError(error));
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
    marketplaces: [marketplaceOf(marketplace, options.graphql ?? network?.graphql)],
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

const marketplaceOf = (url: string, graphql: string | undefined): object =>
  graphql === undefined || isBeside(url, graphql) ? { url } : { url, graphql };

/** A link that is no URL is refused with the rest of the config. */
const isBeside = (url: string, graphql: string): boolean =>
  URL.canParse(url) && graphqlOf({ url }) === graphql;

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
  if (/^(npm:|https?:)/.test(bundle)) return undefined;
  const manifest = join(bundle, 'manifest.json');
  if (!existsSync(manifest))
    throw refused(manifest, 'is missing: --bundle is no directory of a model bundle');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }).name;
}

const pathFrom = (directory: string, bundle: string): string =>
  /^(npm:|https?:)/.test(bundle) ? bundle : relative(directory, resolve(bundle)) || '.';

function readNetwork(file: string) {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw refused(
      file,
      `cannot be read: is the local network up? \`npm start\` writes it (${(cause as Error).message})`,
    );
  }
  const parsed = networkSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw refused(file, 'is no network.json of a local network');
}

interface NewKeys extends Omit<Initialised, 'file'> {
  /** What is to be written, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** The config's `keys`. */
  readonly keys: object;
}

async function newKeys(
  { ownerKeyFile: given, ownerPassword = noPassword }: InitOptions,
  directory: string,
): Promise<NewKeys> {
  const fresh = given === undefined ? await encrypted(await ownerPassword()) : undefined;
  const owner = fresh?.address ?? ownerAddressOf(resolve(given ?? ''));
  const password = randomBytes(24).toString('base64url');
  const receipt = await encrypted(password);
  const files = {
    'receipt.keystore.json': receipt.keystore,
    'receipt.password': password,
    ...(fresh && { 'owner.keystore.json': fresh.keystore }),
  };
  const receiptKey = {
    keystoreFile: './receipt.keystore.json',
    passwordFile: './receipt.password',
  };
  const ownerKeyFile =
    given === undefined ? join(directory, 'owner.keystore.json') : resolve(given);
  const keys = { provider: owner, receiptKey };
  return { files, keys, owner, ownerKeyFile, receiptKey: receipt.address };
}

const noPassword = (): Promise<string> => {
  const reason = 'a new owner’s key needs a password';
  return Promise.reject(new AssayError('P321', { details: { reason } }));
};

/** A new key, as a keystore only. */
async function encrypted(password: string): Promise<{ address: Address; keystore: string }> {
  const { address, privateKey } = new Wallet(hexlify(randomBytes(32)));
  const account = { address, privateKey };
  useNativeScrypt();
  const keystore = await encryptKeystoreJson(account, password, { scrypt: { N: 1 << 15 } });
  return { address: lowerAddress(address), keystore };
}

/** All or nothing. A key that is there already is never overwritten: it may hold money. */
function writeAll(directory: string, files: Readonly<Record<string, string>>): void {
  const created = mkdirSync(directory, { recursive: true, mode: 0o700 });
  const written: string[] = [];
  try {
    for (const [name, text] of Object.entries(files))
      writeNew(join(directory, name), text, written);
  } catch (error) {
    for (const file of written) rmSync(file);
    if (created !== undefined) rmSync(created, { recursive: true });
    throw error;
  }
}

function writeNew(file: string, text: string, written: string[]): void {
  try {
    const opened = openSync(file, 'wx', 0o600);
    written.push(file);
    writeFileSync(opened, text);
    closeSync(opened);
  } catch (cause) {
    throw refused(
      file,
      `cannot be written (${(cause as NodeJS.ErrnoException).code}); init overwrites no key: choose another --dir`,
    );
  }
}

const refused = (file: string, reason: string): AssayError =>
  new AssayError('P320', { details: { file, reason } });
