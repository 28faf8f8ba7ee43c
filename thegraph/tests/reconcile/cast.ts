import {
  type Address,
  type Domain,
  digestOf,
  execClassId,
  type Hex,
  modelIdOf,
  sha256,
  signerOf,
  toHex,
} from '@assay/wire';
import { HDNodeWallet, Mnemonic } from 'ethers';
import type { Chain } from './chain.ts';

const PHRASE = 'test test test test test test test test test test test junk';

/** Who takes part in the history. All are accounts that the local chain gave tokens to. */
export interface Cast {
  readonly providers: readonly Address[];
  readonly delegators: readonly Address[];
  readonly payer: Address;
  readonly publisher: Address;
  readonly gateway: ReturnType<typeof signerOf>;
  readonly stranger: Address;
  readonly modelId: Hex;
  readonly execClass: Hex;
  /** Signs the vouchers of every session. */
  readonly sessionKey: ReturnType<typeof signerOf>;
  readonly receiptKeys: readonly ReturnType<typeof signerOf>[];
  readonly domain: Domain;
}

const MANIFEST = Buffer.from(
  '{"name":"sample","version":"1","task":"tensor","unit":"request","licence":"MIT","inputs":[],"outputs":[],"files":[]}',
);

export function castOf({ accounts, deployment }: Chain): Cast {
  const account = (index: number) => (accounts[index] ?? '') as Address;
  const key = (index: number) => {
    const wallet = HDNodeWallet.fromMnemonic(
      Mnemonic.fromPhrase(PHRASE),
      `m/44'/60'/0'/0/${index}`,
    );
    return signerOf(wallet.privateKey as Hex);
  };
  return {
    providers: [1, 2, 3].map(account),
    delegators: [4, 5].map(account),
    payer: account(6),
    publisher: account(7),
    gateway: key(8),
    stranger: account(9),
    modelId: modelIdOf(account(7), toHex(sha256(MANIFEST))),
    execClass: execClassId('sample'),
    sessionKey: key(20),
    receiptKeys: [21, 22, 23].map(key),
    domain: { chainId: deployment.chainId, verifyingContract: deployment.contracts.SessionEscrow },
  };
}

/** What must stand before the history begins: approvals, a model, providers with stake, keys and a bond. */
export async function takeStage(chain: Chain, cast: Cast): Promise<void> {
  const { Staking, SessionEscrow, ProviderRegistry } = chain.deployment.contracts;
  const all = 2n ** 255n;
  for (const account of [...cast.providers, ...cast.delegators, cast.stranger]) {
    await chain.send(account, 'AssayToken', 'approve', Staking, all);
  }
  await chain.send(cast.stranger, 'TestUSD', 'approve', Staking, all);
  for (const account of [cast.payer, cast.stranger]) {
    await chain.send(account, 'TestUSD', 'approve', SessionEscrow, all);
  }
  await chain.mine(1);
  const classes = [{ execClass: cast.execClass, scale: 1024, tolerance: 3 }];
  await chain.send(
    cast.publisher,
    'ModelRegistry',
    'register',
    MANIFEST,
    sha256(MANIFEST),
    classes,
    30_000,
    'file:///sample',
  );
  for (const [index, provider] of cast.providers.entries()) {
    await chain.send(provider, 'Staking', 'stake', 10_000n * 10n ** 18n);
    const receiptKey = cast.receiptKeys[index];
    if (!receiptKey) throw new RangeError('each provider has a receipt key');
    const domain = { ...cast.domain, verifyingContract: ProviderRegistry };
    const proof = receiptKey.sign(
      digestOf(domain, 'ReceiptKey', { provider, key: receiptKey.address }),
    );
    await chain.send(
      provider,
      'ProviderRegistry',
      'register',
      receiptKey.address,
      proof,
      'here',
      provider,
    );
  }
  await chain.send(cast.stranger, 'SessionEscrow', 'bond', cast.gateway.address, 5_000_000n);
  await chain.mine(1);
}
