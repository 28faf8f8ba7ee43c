import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Address,
  assayTokenAbi,
  digestOf,
  disputeManagerAbi,
  type Evidence,
  type FrameMeta,
  fingerprintHash,
  type Hex,
  lowerAddress,
  signerOf,
  type Ticket,
} from '@assay/wire';
import { AbiCoder, Contract, keccak256, Wallet } from 'ethers';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createEvidenceStore } from '../src/dispute/evidence-store.ts';
import { loadConfig, type RunningProvider, registerProvider, startProvider } from '../src/index.ts';
import { type EvidenceDoorProcess, openDoor } from './evidence-door.ts';
import { GatewayDouble, hex32 } from './gateway-double.ts';
import { accountKey, type RealChain, startRealChain } from './real-chain.ts';

// Only to end a run that hangs: nothing here waits for time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const BUNDLE = join(import.meta.dirname, '../models/char-lm/1');
const REPORTER = 5;
const [GUILTY, CLEARED] = [2n, 3n];
const root = mkdtempSync(join(tmpdir(), 'assay-dispute-'));
/** Accounts of the accused and of the two jurors. */
const ACCOUNTS = [2, 6, 7] as const;
const running: RunningProvider[] = [];
let chain: RealChain;
let gateway: GatewayDouble;
let door: EvidenceDoorProcess;
let modelId: Hex;
const accused = lowerAddress(new Wallet(accountKey(ACCOUNTS[0])).address);
const dataOf = (account: number): string => join(root, `${account}`, 'data');

beforeAll(async () => {
  chain = await startRealChain();
  const { chainId, contracts } = chain.deployment;
  gateway = await GatewayDouble.start({ chainId, verifyingContract: contracts.SessionEscrow });
  door = await openDoor(chain, join(root, 'shelf'));
  gateway.blobUrl = `${door.origin}/v2/blobs/`;
  const publisher = await chain.publish(BUNDLE);
  for (const account of ACCOUNTS) {
    const file = join(root, `${account}.json`);
    const keyFile = (name: string, key: Hex): { privateKeyFile: string } => {
      const path = join(root, `${account}-${name}.key`);
      writeFileSync(path, key, { mode: 0o600 });
      return { privateKeyFile: path };
    };
    const config = {
      dataDir: dataOf(account),
      chain: { rpcUrls: [chain.url], deployment: chain.deployment, pollMs: 200 },
      keys: {
        receiptKey: keyFile('receipt', hex32()),
      },
      marketplaces: [{ url: gateway.url }],
      models: [{ bundle: BUNDLE, publisher, price: '1000' }],
      slots: { count: 1, spare: 0 },
      energy: { method: 'off' },
      logLevel: process.env.PROVIDER_TEST_LOG ?? 'silent',
    };
    writeFileSync(file, JSON.stringify(config));
    const loaded = loadConfig(file);
    const { offers } = await registerProvider({
      config: loaded,
      environment: {},
      ownerKey: accountKey(account),
      report: () => undefined,
    });
    modelId = offers[0]?.modelId as Hex;
    running.push(
      await startProvider({
        config: loaded,
        environment: {},
        log: pino({ level: loaded.logLevel }),
      }),
    );
    // Said once a link: this provider's is up.
    await gateway.hears('holdings', undefined, running.length);
  }
}, 120_000);
afterAll(async () => {
  await Promise.all(running.map((provider) => provider.stop('test over')));
  await gateway?.stop();
  await door?.close();
  await chain?.stop();
  await rm(root, { recursive: true, force: true });
});

const manager = (account: number): Contract =>
  new Contract(chain.deployment.contracts.DisputeManager, disputeManagerAbi, chain.signer(account));
async function send(contract: Contract, name: string, ...args: unknown[]): Promise<void> {
  const sent = await contract.getFunction(name)(...args);
  await sent.wait();
}

async function serve(): Promise<{ ticket: Ticket; meta: FrameMeta<'receipt'> }> {
  const { sessionId } = await chain.openSession(
    gateway.sessionKey.address,
    gateway.address,
    1_000_000n,
  );
  const made = gateway.makeTicket(accused, {
    modelId,
    sessionId,
    prompt: 'The provider ',
    params: { maxTokens: 9 },
    unitPrice: 1_000n,
  });
  // The jurors have links too: speak to the accused.
  gateway.speakTo(accused);
  gateway.say('ticket', made.meta, made.body);
  const { meta } = await gateway.hears('receipt', made.id);
  const { ticket } = made.meta;
  return {
    meta,
    ticket: { ...ticket, maxPrice: BigInt(ticket.maxPrice), deadline: BigInt(ticket.deadline) },
  };
}

interface DisputePlan {
  readonly answers?: boolean;
  /** Runs once the dispute is open. */
  readonly opened?: () => Promise<unknown>;
}
/** Reports a receipt as wrong and waits until the chain has a verdict, moving its time over the windows. */
async function dispute(
  ticket: Ticket,
  meta: Pick<FrameMeta<'receipt'>, 'ticket' | 'receipt' | 'signature'>,
  { answers = true, opened = async () => undefined }: DisputePlan = {},
): Promise<bigint> {
  const { AssayToken, DisputeManager } = chain.deployment.contracts;
  const { receipt, signature } = meta;
  const digest = digestOf(gateway.domain, 'Receipt', {
    ...receipt,
    units: BigInt(receipt.units),
    price: BigInt(receipt.price),
    startedAt: BigInt(receipt.startedAt),
    finishedAt: BigInt(receipt.finishedAt),
  });
  const reporter = new Wallet(accountKey(REPORTER)).address;
  const salt = hex32();
  const hidden = keccak256(
    AbiCoder.defaultAbiCoder().encode(['address', 'bytes32', 'bytes32'], [reporter, digest, salt]),
  );
  await send(
    new Contract(AssayToken, assayTokenAbi, chain.signer(REPORTER)),
    'approve',
    DisputeManager,
    10n ** 24n,
  );
  await send(manager(REPORTER), 'commitDispute', hidden);
  await chain.rpc.send('anvil_mine', ['0x3']);
  await send(manager(REPORTER), 'openDispute', modelId, ticket, receipt, signature, salt);
  await opened();
  await until(async () => (await committed(meta.ticket)) === 2);
  await chain.rpc.send('evm_increaseTime', [60]);
  await chain.rpc.send('anvil_mine', ['0x1']);
  await until(async () => {
    const { reveals, answered } = await manager(REPORTER).getFunction('dispute')(meta.ticket);
    return Number(reveals) === 2 && answered === answers;
  });
  await chain.rpc.send('evm_increaseTime', [60]);
  await chain.rpc.send('anvil_mine', ['0x1']);
  let status = 1n;
  await until(async () => {
    ({ status } = await manager(REPORTER).getFunction('dispute')(meta.ticket));
    return status !== 1n;
  });
  return status;
}
async function committed(id: Hex): Promise<number> {
  const jurors = (await manager(REPORTER).getFunction('jurorsOf')(id)) as Address[];
  const votes = await Promise.all(
    jurors.map((juror) => manager(REPORTER).getFunction('voteOf')(id, juror)),
  );
  return votes.filter(({ commitment }) => BigInt(commitment) !== 0n).length;
}
/** Looks again with each block and each transaction the providers send. */
function until(done: () => Promise<boolean>): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = async (): Promise<void> => {
      if (!(await done())) return;
      chain.rpc.off('block', look);
      resolve();
    };
    void chain.rpc.on('block', () => look().catch(reject));
    look().catch(reject);
  });
}
/** What the reporter, a party like any other, gets from the marketplace's door as soon as somebody hands it over. */
async function fromDoor(id: Hex): Promise<Evidence> {
  const look = async (): Promise<Evidence> => {
    for await (const evidence of reporterStore().find(id)) return evidence;
    throw new Error('not there yet');
  };
  return vi.waitFor(look, { timeout: 30_000, interval: 100 });
}
const reporterStore = () =>
  createEvidenceStore({
    directory: join(root, 'reporter'),
    places: () => [`${door.origin}/v2/evidence`],
    signer: signerOf(accountKey(REPORTER)),
    log: pino({ level: 'silent' }),
  });

test('an accused honest provider is cleared by jurors that ran the job again; a false fingerprint is convicted', async () => {
  const { ticket, meta } = await serve();
  // What a provider that ran another model would have signed, for a ticket of its own.
  const lie: Ticket = { ...ticket, jobId: hex32() };
  const id = digestOf(gateway.domain, 'Ticket', lie);
  const receipt = {
    ...meta.receipt,
    ticket: id,
    fingerprintHash: fingerprintHash(new Int32Array(16).fill(9_999), new Uint8Array(16)),
  };
  const { units, price, startedAt, finishedAt, ...hashes } = receipt;
  const amounts = {
    units: BigInt(units),
    price: BigInt(price),
    startedAt: BigInt(startedAt),
    finishedAt: BigInt(finishedAt),
  };
  const key = signerOf(readFileSync(join(root, `${ACCOUNTS[0]}-receipt.key`), 'utf8') as Hex);
  const signature = key.sign(digestOf(gateway.domain, 'Receipt', { ...hashes, ...amounts }));
  let evidence: Evidence | undefined;
  const opened = async () => {
    evidence = await fromDoor(meta.ticket);
  };
  expect(await dispute(ticket, meta, { opened })).toBe(CLEARED);
  // The plaintext is gone with the dispute, at the accused's and at the marketplace's.
  const kept = () => readdir(join(dataOf(ACCOUNTS[0]), 'evidence'));
  await expect.poll(kept, { timeout: 30_000 }).toEqual([]);
  // The door asks the chain every few seconds only.
  const refusal = async () =>
    (await reporterStore().publish(evidence as Evidence)).refused[0]?.reason;
  await expect.poll(refusal, { timeout: 30_000 }).toBe('HTTP 404 G810');
  expect(await readdir(join(root, 'shelf'))).toEqual([]);

  // The liar stays silent: whoever reports it hands the input over.
  const told = { ...(evidence as Evidence), receipt };
  const handOver = async () => expect((await reporterStore().publish(told)).refused).toEqual([]);
  const lied = dispute(
    lie,
    { ticket: id, receipt, signature },
    { answers: false, opened: handOver },
  );
  expect(await lied).toBe(GUILTY);
}, 120_000);
