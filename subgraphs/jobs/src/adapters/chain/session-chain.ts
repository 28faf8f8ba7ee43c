import {
  AssayError,
  type Deployment,
  type Grant,
  type Hex,
  RECEIVE_WITH_AUTHORIZATION,
  recoverSigner,
} from '@assay/wire';
import { type AbstractProvider, Contract, Interface, TypedDataEncoder } from 'ethers';
import type { EscrowSession, SessionChain } from '../../settlement/session-chain.ts';
import type { Authorization } from '../../settlement/session-service.ts';
import { sessionEscrowAbi, tokenAbi } from './abi.ts';
import type { Relayer } from './relayer.ts';

export interface SessionChainOptions {
  readonly provider: AbstractProvider;
  readonly deployment: Deployment;
  readonly relayer: Relayer;
  /** What the follower has seen. */
  readonly known: (sessionId: Hex) => EscrowSession | undefined;
  /** Makes the follower read up to the head. */
  readonly refresh: () => Promise<void>;
}

const isTokenView = (name: string) => name === 'balanceOf' || name === 'authorizationState';

export async function createSessionChain(options: SessionChainOptions): Promise<SessionChain> {
  const { provider, deployment, relayer } = options;
  const { TestUSD: token, SessionEscrow: escrow } = deployment.contracts;
  const contract = new Contract(token, tokenAbi, provider);
  const { name, version } = await tokenIdentity(token, provider);
  const tokenDomain = { name, version, chainId: deployment.chainId, verifyingContract: token };
  const view = (method: string, ...args: unknown[]) => {
    if (!isTokenView(method)) throw new TypeError(`${method} is not a view of the token`);
    return unlessUnreachable(contract.getFunction(method)(...args));
  };

  const send = async (method: string, args: readonly unknown[]): Promise<Hex> => {
    const receipt = await relayer.send({ to: escrow, abi: sessionEscrowAbi, method, args });
    return receipt.hash as Hex;
  };

  return {
    async session(sessionId) {
      const known = options.known(sessionId);
      if (known !== undefined) return known;
      await unlessUnreachable(options.refresh());
      return options.known(sessionId);
    },
    async recoverPayer(nonce, auth, from) {
      const { value, validAfter, validBefore } = auth;
      const message = { from, to: escrow, value, validAfter, validBefore, nonce };
      const digest = TypedDataEncoder.hash(tokenDomain, RECEIVE_WITH_AUTHORIZATION, message) as Hex;
      return recoverSigner(digest, auth.signature);
    },
    async requireFunds(payer, amount) {
      const balance = BigInt(await view('balanceOf', payer));
      if (balance < amount)
        throw new AssayError('S410', { details: { balance: `${balance}`, deposit: `${amount}` } });
    },
    open: (grant, auth) => relayOnce(() => send('open', openArguments(grant, auth))),
    topUp: ({ sessionId, from, salt }, auth) => {
      const { value, validAfter, validBefore, signature } = auth;
      const args = [sessionId, from, value, validAfter, validBefore, salt, signature];
      return relayOnce(() => send('topUp', args));
    },
    close: (grant, signature) => send('closeBySig', [grant, signature]),
  };
}

function openArguments(grant: Grant, auth: Authorization): readonly unknown[] {
  return [grant, auth.value, auth.validAfter, auth.validBefore, auth.signature];
}

/** A used authorisation has its own code: the client must not sign again without looking. */
async function relayOnce(send: () => Promise<Hex>): Promise<Hex> {
  try {
    return await send();
  } catch (error) {
    const reason = error instanceof AssayError ? String(error.details.reason) : '';
    if (/used|AuthorizationUsed|AuthorizationState/i.test(reason))
      throw new AssayError('S402', { cause: error, details: { reason } });
    throw error;
  }
}

const tokenIdentityAbi = new Interface([
  'function name() view returns (string)',
  'function version() view returns (string)',
]);

/** A token without `version()` signs as version 1. */
async function tokenIdentity(token: string, provider: AbstractProvider) {
  const contract = new Contract(token, tokenIdentityAbi, provider);
  const [name, version] = await Promise.all([
    contract.getFunction('name')(),
    contract
      .getFunction('version')()
      .catch(() => '1'),
  ]);
  return { name, version };
}

async function unlessUnreachable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new AssayError('S408', { cause, details: { reason: 'the chain cannot be reached' } });
  }
}
