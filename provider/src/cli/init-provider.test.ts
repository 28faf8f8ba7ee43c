import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Wallet } from 'ethers';
import { expect, test, vi } from 'vitest';
import { openOwnerKey } from '../keys/open-owner-key.ts';
import { loadConfig } from '../load-config.ts';
import { ANY_ADDRESS, DEPLOYMENT } from './deployment-fixture.ts';
import { type InitOptions, initProvider } from './init-provider.ts';

// Only to end a run that hangs: keystores cost their time on purpose.
vi.setConfig({ testTimeout: 60_000 });

const root = mkdtempSync(join(tmpdir(), 'assay-init-'));
const at = (name: string): string => join(root, name);
writeFileSync(at('deployment.json'), JSON.stringify(DEPLOYMENT));
writeFileSync(at('notes.txt'), 'no JSON');
const ownerKey = `0x${'5a'.repeat(32)}`;
writeFileSync(at('owner.key'), ownerKey, { mode: 0o600 });
writeFileSync(at('open.key'), ownerKey, { mode: 0o644 });

const options = (directory: string): InitOptions => ({
  directory: at(directory),
  rpc: 'http://127.0.0.1:8545',
  deployment: at('deployment.json'),
  marketplace: 'ws://127.0.0.1:4000/provider',
  bundle: join(import.meta.dirname, '../../models/char-lm/1'),
  publisher: ANY_ADDRESS,
  price: '5',
  ownerPassword: async () => 'secret',
});
const because = (code: string, reason: RegExp) =>
  expect.objectContaining({
    code,
    details: expect.objectContaining({ reason: expect.stringMatching(reason) }),
  });

test('writes a config that loads and names the owner, but not where its key is', async () => {
  const given = await initProvider({ ...options('given'), ownerKeyFile: at('owner.key') });
  expect(given.owner).toBe(new Wallet(ownerKey).address.toLowerCase());
  expect(loadConfig(given.file).keys).toMatchObject({ provider: given.owner });
  expect(readFileSync(given.file, 'utf8')).not.toContain('owner.key');
  expect(given.ownerKeyFile).toBe(at('owner.key'));
});

test('names the GraphQL address where it is not beside the link', async () => {
  const marketOf = async (name: string, more: Partial<InitOptions>) => {
    const asked = { ...options(name), ...more, ownerKeyFile: at('owner.key') };
    return loadConfig((await initProvider(asked)).file).marketplaces;
  };
  const url = 'ws://127.0.0.1:4000/provider';
  const beside = 'http://127.0.0.1:4000/graphql';
  const graphql = 'http://127.0.0.1:4100/graphql';
  expect(await marketOf('beside', { graphql: beside })).toEqual([{ url }]);
  expect(await marketOf('elsewhere', { graphql })).toEqual([{ url, graphql }]);
  const facts = { graphql, graphqlWs: url, rest: beside, providerLink: url, chainRpc: beside };
  const index = { chainId: 31337, indexGraphql: beside, redisUrl: 'redis://127.0.0.1:1' };
  const parties = {
    gateway: ANY_ADDRESS,
    hostedKey: ANY_ADDRESS,
    contracts: DEPLOYMENT.contracts,
    models: {},
    providers: [],
  };
  const demo = { payerPrivateKey: ownerKey };
  writeFileSync(at('network.json'), JSON.stringify({ ...facts, ...index, ...parties, demo }));
  const { rpc: _, deployment: __, marketplace: ___, ...rest } = options('network');
  const asked = { ...rest, network: at('network.json'), ownerKeyFile: at('owner.key') };
  expect(loadConfig((await initProvider(asked)).file).marketplaces).toEqual([{ url, graphql }]);
});

test('a new owner’s key is a keystore that opens with the password only, and is not in the config', async () => {
  const fresh = await initProvider(options('fresh'));
  const { keys } = loadConfig(fresh.file);
  expect([keys.ownerKey, keys.provider]).toEqual([undefined, fresh.owner]);
  expect(readFileSync(fresh.file, 'utf8')).not.toContain('owner.keystore');

  const files = { ownerKeyFile: fresh.ownerKeyFile };
  const opened = await openOwnerKey(keys, files, { ASSAY_OWNER_PASSWORD: 'secret' });
  expect(new Wallet(opened).address.toLowerCase()).toBe(fresh.owner);
  await expect(openOwnerKey(keys, files, { ASSAY_OWNER_PASSWORD: 'x' })).rejects.toEqual(
    because('P321', /wrong password/),
  );
  const kept = { ...options('kept'), ownerKeyFile: fresh.ownerKeyFile };
  expect((await initProvider(kept)).owner).toBe(fresh.owner);
});

test('the owner’s key is asked for where it is needed, and has to be the provider’s', async () => {
  const { keys } = loadConfig((await initProvider(options('asked'))).file);
  await expect(openOwnerKey(keys, {}, {})).rejects.toEqual(because('P321', /--owner-key-file/));
  await expect(openOwnerKey(keys, { ownerKeyFile: at('owner.key') }, {})).rejects.toEqual(
    because('P321', /not the key of keys.provider/),
  );
  const older = { ...keys, provider: undefined, ownerKey: { privateKeyFile: at('owner.key') } };
  expect(await openOwnerKey(older, {}, {})).toBe(ownerKey);
});

test.each([
  ['a network file that is not there', { network: at('none.json') }, 'P320', /npm start/],
  ['a network file that is no JSON', { network: at('notes.txt') }, 'P320', /cannot be read/],
  ['a bundle that is not there', { bundle: at('none'), publisher: undefined }, 'P320', /--bundle/],
  ['an owner key that others may read', { ownerKeyFile: at('open.key') }, 'P321', /chmod 600/],
  ['a new owner without a password', { ownerPassword: undefined }, 'P321', /needs a password/],
] as const)('refuses %s, and leaves nothing behind', async (_, wrong, code, reason) => {
  const { publisher, ...rest } = { ...options('refused/deep'), ...wrong };
  const asked = publisher === undefined ? rest : { ...rest, publisher };

  await expect(initProvider(asked)).rejects.toEqual(because(code, reason));

  expect(existsSync(at('refused'))).toBe(false);
});

test.each(['receipt.keystore.json', 'receipt.password', 'owner.keystore.json'])(
  'never overwrites %s, and leaves everything as it was',
  async (name) => {
    const { directory, ...rest } = options(`twice-${name}`);
    mkdirSync(directory);
    writeFileSync(join(directory, name), 'precious');

    await expect(initProvider({ ...rest, directory })).rejects.toEqual(
      because('P320', /overwrites no key/),
    );

    expect(readdirSync(directory)).toEqual([name]);
    expect(readFileSync(join(directory, name), 'utf8')).toBe('precious');
  },
);

test.each(['0.05', 'abc', '-5', '', '1e3'])(
  'a price of "%s" is refused before anything is written',
  async (price) => {
    const asked = options(`price-${price}`);
    await expect(initProvider({ ...asked, price })).rejects.toEqual(
      because('P320', /models\[0\]\.price/),
    );
    expect(existsSync(asked.directory)).toBe(false);
  },
);
