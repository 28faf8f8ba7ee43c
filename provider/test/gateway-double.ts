import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Address,
  chainReceipts,
  type Domain,
  decodeFrame,
  digestOf,
  EMPTY_RECEIPTS,
  encodeFrame,
  type Frame,
  type FrameMeta,
  type FrameName,
  type Hex,
  helloDigest,
  offerIdOf,
  packPrefix,
  packTensors,
  recoverSigner,
  type Signer,
  sha256,
  signerOf,
  type Tensor,
  type Ticket,
  toHex,
} from '@assay/wire';
import { type WebSocket, WebSocketServer } from 'ws';

export const hex32 = (): Hex => toHex(randomBytes(32));

export interface TicketPlan {
  readonly modelId: Hex;
  readonly sessionId: Hex;
  readonly prompt?: string;
  readonly tensors?: readonly Tensor[];
  /** Inputs above 64 KiB: put into the double's blob store and named by hash. */
  readonly asBlobs?: boolean;
  readonly params?: FrameMeta<'ticket'>['params'];
  readonly unitPrice?: bigint;
  readonly maxPrice?: bigint;
  readonly deadlineMs?: number;
  readonly change?: (meta: FrameMeta<'ticket'>) => FrameMeta<'ticket'>;
}

type OfType<N extends FrameName> = Extract<Frame, { name: N }>;

/**
 * A test-only gateway: speaks the provider link's frames over a real WebSocket, keeps what it hears, and answers only what
 * a test tells it to. It has a real blob store over HTTP.
 */
export class GatewayDouble {
  signer = signerOf(hex32());
  readonly sessionKey = signerOf(hex32());
  readonly heard: Frame[] = [];
  readonly raw: Buffer[] = [];
  readonly blobs = new Map<string, Buffer>();
  readonly domain: Domain;
  /** The tickets the next welcome names. */
  knownTickets: Hex[] = [];
  /** Signs welcomes instead of the gateway's own key. */
  prover: Signer | undefined;
  /** Answers hellos with a welcome; otherwise stays silent. */
  welcomes = true;
  /** What challenges say, where it is not the truth. */
  lies: Partial<FrameMeta<'challenge'>> = {};
  /** So many uploads are answered with HTTP 503 first. */
  brokenPuts = 0;
  /** Requests to the blob store, as `METHOD sha256`. */
  readonly blobRequests: string[] = [];
  challenges = 0;
  /** Announced instead of the double's own blob store. */
  blobUrl: string | undefined;
  socket: WebSocket | undefined;
  private readonly sockets = new Map<Address, WebSocket>();
  private readonly http: Server;
  private readonly links: WebSocketServer;
  private readonly waiting = new Set<() => void>();
  private waking = false;
  private nonce: Hex = hex32();

  private constructor(domain: Domain) {
    this.domain = domain;
    this.http = createServer((request, response) => {
      const sha = (request.url ?? '').split('/').at(-1) ?? '';
      this.blobRequests.push(`${request.method} ${sha}`);
      if (request.method === 'GET') {
        const blob = this.blobs.get(sha);
        response.writeHead(blob ? 200 : 404);
        response.end(blob);
        return;
      }
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const bytes = Buffer.concat(parts);
        if (request.url === '/graphql') {
          response.end(JSON.stringify({ data: { network: { gateway: this.address } } }));
          return;
        }
        if (this.brokenPuts > 0) {
          this.brokenPuts -= 1;
          response.writeHead(503).end();
          return;
        }
        const fits = toHex(sha256(bytes)) === sha;
        if (fits) this.blobs.set(sha, bytes);
        response.writeHead(fits ? 201 : 400).end();
      });
    });
    this.links = new WebSocketServer({ server: this.http, path: '/provider' });
    this.links.on('connection', (socket) => this.greet(socket));
  }

  static async start(domain: Domain, port = 0): Promise<GatewayDouble> {
    const double = new GatewayDouble(domain);
    await new Promise<void>((resolve) => double.http.listen(port, '127.0.0.1', resolve));
    return double;
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }
  get url(): string {
    return `ws://127.0.0.1:${this.port}/provider`;
  }
  get address(): Address {
    return this.signer.address;
  }

  /** How many links are open at this moment. */
  get open(): number {
    return [...this.links.clients].filter((client) => client.readyState === 1).length;
  }

  private greet(socket: WebSocket): void {
    this.socket = socket;
    this.challenges += 1;
    this.nonce = hex32();
    socket.on('message', (data: Buffer) => this.hear(data, socket));
    socket.on('close', () => {
      const [open] = [...this.links.clients].filter((client) => client.readyState === 1);
      if (this.socket === socket && open) this.socket = open;
      this.wake();
    });
    this.say('challenge', {
      gateway: this.address,
      chainId: this.domain.chainId,
      escrow: this.domain.verifyingContract,
      nonce: this.nonce,
      time: Date.now(),
      heartbeatMs: 200,
      blobUrl: this.blobUrl ?? `http://127.0.0.1:${this.port}/v2/blobs`,
      ...this.lies,
    });
    this.wake();
  }

  private hear(data: Buffer, socket: WebSocket): void {
    const frame = decodeFrame(data);
    if (frame.name === 'hello') this.sockets.set(frame.meta.provider, socket);
    this.heard.push(frame);
    this.raw.push(data);
    if (frame.name === 'hello' && this.welcomes) {
      const { provider } = frame.meta;
      const signature = this.proof(frame.meta);
      const { knownTickets } = this;
      this.say('welcome', { provider, signature, gatewayFeePpm: 10_000, knownTickets });
    }
    this.wake();
  }

  /** Chooses whom to speak to, where several providers dialled. */
  speakTo(provider: Address): void {
    this.socket = this.sockets.get(provider) ?? this.socket;
  }

  /** Who signed the last hello. */
  helloSigner(): Address | undefined {
    const { provider, host, nonce: providerNonce, time, signature } = this.last('hello').meta;
    const names = { provider, gateway: this.address, host };
    const greeting = { ...names, nonce: this.nonce, providerNonce, time: BigInt(time) };
    return recoverSigner(helloDigest(this.domain, greeting), signature);
  }

  /** The signature of a welcome: that this is the gateway it says. */
  private proof({ provider, nonce: providerNonce }: FrameMeta<'hello'>): Hex {
    const { address: gateway, nonce } = this;
    const digest = digestOf(this.domain, 'Welcome', { gateway, provider, nonce, providerNonce });
    return (this.prover ?? this.signer).sign(digest);
  }

  say<N extends FrameName>(
    name: N,
    meta: Parameters<typeof encodeFrame<N>>[1],
    body: readonly Uint8Array[] = [],
  ): void {
    this.socket?.send(encodeFrame(name, meta, body));
  }

  sayRaw(bytes: Uint8Array | string): void {
    this.socket?.send(bytes);
  }

  all<N extends FrameName>(name: N, ticket?: Hex): OfType<N>[] {
    return this.heard.filter(
      (frame): frame is OfType<N> =>
        frame.name === name &&
        (ticket === undefined || (frame.meta as { ticket?: Hex }).ticket === ticket),
    );
  }

  last<N extends FrameName>(name: N, ticket?: Hex): OfType<N> {
    const found = this.all(name, ticket).at(-1);
    if (found === undefined) throw new Error(`no ${name} was heard`);
    return found;
  }

  /** Lets everything that waits look again, once for all that is heard in this turn of the event loop. */
  wake(): void {
    if (this.waking) return;
    this.waking = true;
    setImmediate(() => {
      this.waking = false;
      for (const resume of this.waiting) resume();
    });
  }

  /** Resolves when `done` holds, looking again at everything that is heard. */
  until(done: () => boolean): Promise<void> {
    if (done()) return Promise.resolve();
    return new Promise((resolve) => {
      const look = (): void => {
        if (!done()) return;
        this.waiting.delete(look);
        resolve();
      };
      this.waiting.add(look);
    });
  }

  /** Drops what was heard of a ticket: long runs look through all that is kept. */
  forget(ticket: Hex): void {
    const kept = this.heard.flatMap((frame, index) =>
      (frame.meta as { ticket?: Hex }).ticket === ticket ||
      frame.name === 'heartbeat' ||
      frame.name === 'paymentAck'
        ? []
        : [index],
    );
    const [heard, raw] = [
      kept.map((index) => this.heard[index] as Frame),
      kept.map((index) => this.raw[index] as Buffer),
    ];
    this.heard.splice(0, this.heard.length, ...heard);
    this.raw.splice(0, this.raw.length, ...raw);
  }

  async hears<N extends FrameName>(name: N, ticket?: Hex, count = 1): Promise<OfType<N>> {
    await this.until(() => this.all(name, ticket).length >= count);
    return this.last(name, ticket);
  }

  makeTicket(
    provider: Address,
    plan: TicketPlan,
  ): { meta: FrameMeta<'ticket'>; body: readonly Uint8Array[]; id: Hex } {
    const deadlineMs = plan.deadlineMs ?? Date.now() + 20_000;
    const unitPrice = plan.unitPrice ?? 10n;
    const ticket: Ticket = {
      jobId: hex32(),
      attempt: 1,
      sessionId: plan.sessionId,
      offerId: offerIdOf(provider, plan.modelId),
      maxPrice: plan.maxPrice ?? 10_000n,
      deadline: BigInt(Math.ceil(deadlineMs / 1000)),
    };
    const prompt = Buffer.from(plan.prompt ?? '', 'utf8');
    const tensors = (plan.tensors ?? []).map((tensor) => {
      if (!plan.asBlobs) return tensor;
      const blob = toHex(sha256(tensor.data));
      this.blobs.set(blob, Buffer.from(tensor.data));
      return { name: tensor.name, datatype: tensor.datatype, shape: tensor.shape, blob };
    });
    const packed = packTensors(tensors);
    const id = digestOf(this.domain, 'Ticket', ticket);
    const meta: FrameMeta<'ticket'> = {
      id,
      ticket: { ...ticket, maxPrice: `${ticket.maxPrice}`, deadline: `${ticket.deadline}` },
      modelId: plan.modelId,
      payer: `0x${'ab'.repeat(20)}`,
      key: this.sessionKey.address,
      inputSalt: toHex(randomBytes(16)),
      params: plan.params ?? {},
      input: plan.tensors
        ? { kind: 'tensors', tensors: packed.headers }
        : { kind: 'text', bytes: prompt.byteLength },
      unitPrice: unitPrice.toString(),
      deadlineMs,
    };
    const body = plan.tensors ? packed.body : [prompt];
    return { id, ...packPrefix(plan.change?.(meta) ?? meta, body) };
  }

  /** Sends a new ticket; answers its id. */
  ask(provider: Address, plan: TicketPlan): Hex {
    const { id, meta, body } = this.makeTicket(provider, plan);
    this.say('ticket', meta, body);
    return id;
  }

  /** A payment both the session key and the gateway signed. */
  payment(
    sessionId: Hex,
    offerId: Hex,
    cumulative: bigint,
    digests: Hex[] = [],
    before: Hex = EMPTY_RECEIPTS,
  ): FrameMeta<'payment'> {
    const receipts = chainReceipts(before, digests);
    const voucher = digestOf(this.domain, 'Voucher', { sessionId, offerId, cumulative });
    const guarantee = digestOf(this.domain, 'Guarantee', {
      sessionId,
      offerId,
      cumulative,
      receipts,
    });
    return {
      sessionId,
      offerId,
      cumulative: cumulative.toString(),
      signature: this.sessionKey.sign(voucher),
      guarantee: this.signer.sign(guarantee),
      receipts,
      receiptDigests: digests,
    };
  }

  /** Cuts the connection without a word. */
  drop(): void {
    this.socket?.terminate();
  }

  async stop(): Promise<void> {
    for (const socket of this.links.clients) socket.terminate();
    this.links.close();
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }
}
