import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '@assay/kit';
import { deploy } from '@assay/protocol/deploy';
import {
  type Deployment,
  type Domain,
  digestOf,
  type Grant,
  type Hex,
  type Identity,
  policyHash,
  RECEIVE_WITH_AUTHORIZATION,
  sha256,
  signerOf,
  signIdentity,
  toHex,
} from '@assay/wire';
import { Wallet } from 'ethers';
import { parse } from 'graphql';
// The processes of a local network are this test's furniture.
import { startAnvil, startRedis } from '../../../localnet/src/processes/index.ts';
import { createJobsMarket } from '../src/create-jobs-market.ts';
import type { JobsMarket } from '../src/jobs-market.ts';
import { KEYS, prepareChain, type TestChain } from './test-chain.ts';

export const SECRET = 'the identity secret of the jobs tests';
/** Long enough for a test to dial again on a busy machine. */
const RESUME_GRACE_MS = 1_000;
const PAYER = new Wallet(KEYS[7]);
const GATEWAY = signerOf(KEYS[2]);
const HOSTED = signerOf(`0x${'42'.repeat(32)}`);

export interface TestSession {
  readonly sessionId: Hex;
  readonly identity: Identity;
  readonly grant: Grant;
}

export interface TestMarket {
  readonly market: JobsMarket;
  readonly chain: TestChain;
  readonly deployment: Deployment;
  readonly domain: Domain;
  readonly linkUrl: string;
  readonly redisUrl: string;
  ask(query: string, variables?: Record<string, unknown>, identity?: Identity): Promise<Answer>;
  askAt(
    market: JobsMarket,
    asked: { query: string; variables?: Record<string, unknown> },
    identity?: Identity,
  ): Promise<Answer>;
  openSession(options?: SessionOptions): Promise<TestSession>;
  /** Another market over the same Redis and chain: a second instance, or the next life of the first. */
  another(): Promise<{ readonly market: JobsMarket; readonly linkUrl: string }>;
  close(): Promise<void>;
}

export interface SessionOptions {
  readonly deposit?: bigint;
  readonly key?: Hex;
  readonly policy?: Partial<{
    maxPerJob: bigint;
    maxPerPeriod: bigint;
    periodSeconds: number;
    models: Hex[];
  }>;
  readonly change?: Partial<Grant>;
}

export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into by tests only
  readonly data?: any;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions: Record<string, unknown>;
  }[];
}

const OPEN = `mutation ($grant: GrantInput!, $authorization: AuthorizationInput!) {
  openSession(grant: $grant, authorization: $authorization) { transaction session { id status deposit free } }
}`;

/** A real chain with the real contracts, a real Redis, and the market on them. */
export async function startTestMarket(): Promise<TestMarket> {
  const dir = mkdtempSync(join(tmpdir(), 'assay-jobs-'));
  const [anvil, redis] = await Promise.all([
    startAnvil({ logFile: join(dir, 'anvil.log') }),
    startRedis({ logFile: join(dir, 'redis.log'), dataDir: join(dir, 'redis') }),
  ]);
  const deployment = await deploy({ rpcUrl: anvil.url, deployerKey: KEYS[0] });
  const chain = await prepareChain(anvil.url, deployment);
  const log = createLog('jobs', (process.env.TEST_LOG as 'info' | undefined) ?? 'silent');
  const create = () =>
    createJobsMarket({
      redisUrl: redis.url,
      chainRpcUrls: [anvil.url],
      deployment,
      gatewayKey: KEYS[2],
      hostedKey: `0x${'42'.repeat(32)}`,
      gatewayFeePpm: 10_000,
      identitySecret: SECRET,
      indexUrl: 'http://127.0.0.1:9',
      publicUrl: 'http://127.0.0.1:9',
      blobDir: join(dir, 'blobs'),
      minDeposit: 100_000n,
      resumeGraceMs: RESUME_GRACE_MS,
      linkHosts: [],
      log,
    });
  const market = await create();
  const others: JobsMarket[] = [];
  const servers: Server[] = [];
  const serveLink = async (served: JobsMarket): Promise<string> => {
    const server = createServer();
    servers.push(server);
    server.on('upgrade', (request, socket, head) =>
      served.handleProviderUpgrade(request, socket, head),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/provider`;
  };
  const linkUrl = await serveLink(market);
  const domain = {
    chainId: deployment.chainId,
    verifyingContract: deployment.contracts.SessionEscrow,
  };

  async function askAt(
    asked: JobsMarket,
    { query, variables = {} }: { query: string; variables?: Record<string, unknown> },
    identity: Identity = { requestId: 'test' },
  ): Promise<Answer> {
    const identityHeader = signIdentity(identity, SECRET, Date.now());
    const document = parse(query);
    const result = await asked.subgraph.execute({ document, variables, identityHeader });
    return JSON.parse(JSON.stringify(result)) as Answer;
  }
  const ask: TestMarket['ask'] = (query, variables = {}, identity) =>
    askAt(market, { query, variables }, identity);

  async function openSession(options: SessionOptions = {}): Promise<TestSession> {
    const { grant, policy, identity } = grantOf(options);
    const sessionId = digestOf(domain, 'Grant', grant);
    const authorization = await authorize(sessionId, options.deposit ?? 10_000_000n, deployment);
    const text = (value: object) =>
      Object.fromEntries(
        Object.entries(value).map(([key, field]) => [
          key,
          typeof field === 'bigint' ? `${field}` : field,
        ]),
      );
    const answer = await ask(OPEN, {
      grant: { ...text(grant), policy: text(policy) },
      authorization,
    });
    if (answer.errors) throw Object.assign(new Error(JSON.stringify(answer.errors)), { answer });
    return { sessionId, identity, grant };
  }

  return {
    market,
    chain,
    deployment,
    domain,
    linkUrl,
    redisUrl: redis.url,
    ask,
    askAt,
    openSession,
    async another() {
      const other = await create();
      others.push(other);
      return { market: other, linkUrl: await serveLink(other) };
    },
    async close() {
      await market.close();
      for (const other of others) await other.close();
      for (const server of servers) server.close();
      chain.close();
      await Promise.all([anvil.stop(), redis.stop()]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

let drawn = 0;

function grantOf({ key = HOSTED.address, policy: wanted, change }: SessionOptions) {
  drawn += 1;
  const token = sha256(`token ${drawn} ${Date.now()}`);
  const salt = toHex(sha256(token));
  const policy = {
    maxPerJob: 1_000_000n,
    maxPerPeriod: 100_000_000n,
    periodSeconds: 3600,
    models: [],
    ...wanted,
  };
  const grant: Grant = {
    payer: PAYER.address.toLowerCase() as Hex,
    key,
    gateway: GATEWAY.address,
    gatewayFeePpm: 10_000,
    expiresAt: BigInt(Math.floor(Date.now() / 1000) + 86_400),
    withdrawDelay: 86_400,
    policy: policyHash(policy),
    salt,
    ...change,
  };
  return { grant, policy, identity: { requestId: 'test', tokenHash: salt } };
}

async function authorize(nonce: Hex, value: bigint, { chainId, contracts }: Deployment) {
  const domain = { name: 'Test USD', version: '1', chainId, verifyingContract: contracts.TestUSD };
  const validBefore = BigInt(Math.floor(Date.now() / 1000) + 3600);
  const message = {
    from: PAYER.address,
    to: contracts.SessionEscrow,
    value,
    validAfter: 0n,
    validBefore,
    nonce,
  };
  const signature = await PAYER.signTypedData(domain, RECEIVE_WITH_AUTHORIZATION, message);
  return { value: `${value}`, validAfter: '0', validBefore: `${validBefore}`, signature };
}
