import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Address,
  CONTRACT_NAMES,
  type Deployment,
  deploymentSchema,
  type Hex,
  lowerAddress,
  offerIdOf,
} from '@assay/wire';
import { Transaction, toBeHex } from 'ethers';
import { escrowAbi, modelsAbi, registryAbi, stakingAbi } from '../src/chain/abi.ts';

export interface SessionDouble {
  key: Address;
  gateway: Address;
  state: number;
  balance: bigint;
  withdrawableAt?: number;
  /** Unix seconds; without it nobody finds the session's opening. */
  expiresAt?: number;
}

const ZERO_ADDRESS = `0x${'00'.repeat(20)}`;
const word = (index: number): Address => `0x${(index + 1).toString(16).padStart(40, '0')}`;

/** A test-only chain: answers over JSON-RPC what the contracts would, from plain fields, and takes claims. */
export class ChainDouble {
  readonly deployment: Deployment = deploymentSchema.parse({
    chainId: 31337,
    deployBlock: 0,
    contracts: Object.fromEntries(CONTRACT_NAMES.map((name, index) => [name, word(index)])),
  });
  readonly sessions = new Map<Hex, SessionDouble>();
  readonly claimed = new Map<string, bigint>();
  readonly keys = new Map<Address, Address>();
  publisher: Address = word(99);
  scale = 65_536n;
  calls = 0;
  /** What eth_chainId answers. */
  chainId = '0x7a69';
  claims: unknown[][] = [];
  readonly bonds = new Map<Address, bigint>();
  /** Every claim is skipped, as the escrow does with what it cannot pay. */
  skips = false;
  /** Every provider's offer for every model: ceiling, valid until, class. */
  offer: [bigint, bigint, string] = [1_000_000n, 4_000_000_000n, `0x${'00'.repeat(32)}`];
  stake = 1_000n;
  code = '0x60';
  /** What every account holds, in wei. */
  gas = 10n ** 18n;
  /** While set every request is answered with HTTP 503. */
  broken = false;
  /** Answers wait for it. */
  held: Promise<void> | undefined;
  private readonly receipts = new Map<string, unknown>();

  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', async () => {
        await this.held;
        if (this.broken) {
          response.writeHead(503).end();
          return;
        }
        const asked = JSON.parse(body) as Rpc | Rpc[];
        const answers = Array.isArray(asked)
          ? asked.map((one) => this.reply(one))
          : this.reply(asked);
        response.setHeader('content-type', 'application/json').end(JSON.stringify(answers));
      });
    });
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  /** Answers nothing until the function returned is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.held = promise;
    return () => {
      this.held = undefined;
      resolve();
    };
  }

  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  private reply({ id, method, params }: Rpc): unknown {
    try {
      return { jsonrpc: '2.0', id, result: this.answer(method, params) };
    } catch (error) {
      return { jsonrpc: '2.0', id, error: { code: -32000, message: String(error) } };
    }
  }

  private answer(method: string, params: unknown[]): unknown {
    this.calls += 1;
    switch (method) {
      case 'eth_call':
        return this.view(params[0] as { to: string; data: string });
      case 'eth_chainId':
        return this.chainId;
      case 'eth_blockNumber':
        return '0x10';
      case 'eth_getBalance':
        return toBeHex(this.gas);
      case 'eth_getCode':
        return this.code;
      case 'eth_getLogs':
        return this.openings(params[0] as { topics: (Hex | null)[] });
      case 'eth_gasPrice':
      case 'eth_maxPriorityFeePerGas':
        return '0x3b9aca00';
      case 'eth_getBlockByNumber':
        return block();
      case 'eth_getTransactionCount':
        return toBeHex(this.receipts.size);
      case 'eth_estimateGas':
        return '0x30d40';
      case 'eth_sendRawTransaction':
        return this.mine(Transaction.from(String(params[0])));
      case 'eth_getTransactionReceipt':
        return this.receipts.get(String(params[0])) ?? null;
      default:
        throw new Error(`the chain double knows no ${method}`);
    }
  }

  private view({ to, data }: { to: string; data: string }): string {
    const { contracts } = this.deployment;
    const abi =
      to.toLowerCase() === contracts.SessionEscrow
        ? escrowAbi
        : to.toLowerCase() === contracts.ModelRegistry
          ? modelsAbi
          : to.toLowerCase() === contracts.Staking
            ? stakingAbi
            : registryAbi;
    const call = abi.parseTransaction({ data });
    if (!call) throw new Error('unknown function');
    return abi.encodeFunctionResult(
      call.name,
      this.result(call.name, call.args as unknown as string[]),
    );
  }

  private openings({ topics }: { topics: (Hex | null)[] }): unknown[] {
    const [event, sessionId = null] = topics;
    const session = sessionId && this.sessions.get(sessionId);
    const opened = escrowAbi.getEvent('SessionOpened')?.topicHash;
    if (event !== opened || !session || session.expiresAt === undefined) return [];
    const { key, gateway, balance, expiresAt } = session;
    const zero = `0x${'00'.repeat(32)}`;
    const grant = [key, 10_000, balance, expiresAt, 0, zero, zero];
    const log = escrowAbi.encodeEventLog('SessionOpened', [sessionId, word(98), gateway, ...grant]);
    return [this.log(log, { hash: zero, index: 0 })];
  }

  private result(name: string, args: readonly string[]): unknown[] {
    const [first = '', second = ''] = args;
    switch (name) {
      case 'session': {
        const session = this.sessions.get(first as Hex);
        const {
          key,
          gateway,
          state,
          balance,
          withdrawableAt = 0,
        } = session ?? { key: ZERO_ADDRESS, gateway: ZERO_ADDRESS, state: 0, balance: 0n };
        return [[key, 10_000, withdrawableAt, state, gateway, balance]];
      }
      case 'claimed':
        return [this.claimed.get(first + second) ?? 0n];
      case 'bondOf':
        return [[this.bonds.get(first.toLowerCase() as Address) ?? 0n, 0n, 0n, false]];
      case 'earningsOf':
        return [0n, 0n];
      case 'ownerOfKey':
        return [this.keys.get(first.toLowerCase() as Address) ?? ZERO_ADDRESS];
      case 'keyOf':
        return [
          [...this.keys].find(([, owner]) => owner === first.toLowerCase())?.[0] ?? ZERO_ADDRESS,
        ];
      case 'publisherOf':
        return [this.publisher];
      case 'classOf':
        return [this.scale, 64];
      case 'offerOf':
        return [this.offer];
      case 'activeStake':
        return [this.stake];
      case 'parameters':
        return [[1_000n, 1n, 60]];
      default:
        throw new Error(`the chain double has no ${name}`);
    }
  }

  private mine(transaction: Transaction): string {
    const hash = transaction.hash as string;
    const parsed = escrowAbi.parseTransaction({ data: transaction.data });
    if (parsed?.name !== 'claim') throw new Error('only claims are mined here');
    const batch = parsed.args[0] as {
      sessionId: Hex;
      provider: Address;
      modelId: Hex;
      cumulative: bigint;
      receipts: Hex;
    }[];
    this.claims.push([...batch]);
    const logs = batch.map((entry, index) => this.pay(entry, { hash, index }));
    this.receipts.set(hash, { ...receiptOf(hash, transaction), logs });
    return hash;
  }

  private pay(
    entry: { sessionId: Hex; provider: Address; modelId: Hex; cumulative: bigint; receipts: Hex },
    at: { hash: string; index: number },
  ) {
    const offerId = offerIdOf(lowerAddress(entry.provider), entry.modelId);
    if (this.skips) {
      const skipped = [entry.sessionId, offerId, at.index, entry.cumulative, 5];
      return this.log(escrowAbi.encodeEventLog('ClaimSkipped', skipped), at);
    }
    const before = this.claimed.get(entry.sessionId + offerId) ?? 0n;
    const session = this.sessions.get(entry.sessionId);
    const due = entry.cumulative - before;
    const there = session ? session.balance + (this.bonds.get(session.gateway) ?? 0n) : due;
    const delta = due < there ? due : there;
    const cumulative = before + delta;
    this.claimed.set(entry.sessionId + offerId, cumulative);
    if (session) session.balance -= delta < session.balance ? delta : session.balance;
    const values = [
      entry.sessionId,
      offerId,
      entry.provider,
      entry.modelId,
      cumulative,
      delta,
      0n,
      0n,
      0n,
      delta,
      0n,
      session?.balance ?? 0n,
      entry.receipts,
    ];
    return this.log(escrowAbi.encodeEventLog('VoucherClaimed', values), at);
  }

  private log(
    { topics, data }: { topics: unknown; data: string },
    at: { hash: string; index: number },
  ) {
    return {
      address: this.deployment.contracts.SessionEscrow,
      topics,
      data,
      logIndex: toBeHex(at.index),
      transactionHash: at.hash,
      transactionIndex: '0x0',
      blockNumber: '0x11',
      blockHash: `0x${'11'.repeat(32)}`,
      removed: false,
    };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

interface Rpc {
  readonly id: number;
  readonly method: string;
  readonly params: unknown[];
}

const block = () => ({
  number: '0x10',
  hash: `0x${'11'.repeat(32)}`,
  parentHash: `0x${'10'.repeat(32)}`,
  timestamp: '0x1',
  nonce: '0x0000000000000000',
  difficulty: '0x0',
  gasLimit: '0x1c9c380',
  gasUsed: '0x0',
  miner: ZERO_ADDRESS,
  extraData: '0x',
  baseFeePerGas: '0x3b9aca00',
  transactions: [],
});

const receiptOf = (hash: string, transaction: Transaction) => ({
  transactionHash: hash,
  transactionIndex: '0x0',
  blockHash: `0x${'11'.repeat(32)}`,
  blockNumber: '0x11',
  from: transaction.from,
  to: transaction.to,
  cumulativeGasUsed: '0x186a0',
  gasUsed: '0x186a0',
  effectiveGasPrice: '0x3b9aca00',
  logsBloom: `0x${'00'.repeat(256)}`,
  status: '0x1',
  type: '0x2',
  contractAddress: null,
});
