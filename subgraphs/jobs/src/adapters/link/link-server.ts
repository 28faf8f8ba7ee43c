import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Log } from '@assay/kit';
import {
  type Address,
  AssayError,
  type Domain,
  decodeFrame,
  digestOf,
  encodeFrame,
  type Frame,
  type FrameMeta,
  type Hex,
  LINK_LIMITS,
  type Signer,
  toHex,
} from '@assay/wire';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { ConnectionEvents } from '../../domain/provider-connection.ts';
import type { Registry } from '../../domain/registry-facts.ts';
import { hangUp } from './hang-up.ts';
import { createConnection, type LinkConnection } from './link-connection.ts';
import { type Challenged, verifyHello } from './verify-hello.ts';

const HELLO_TIMEOUT_MS = 5_000;
const MAX_LINKS = 20_000;

export interface LinkServerOptions {
  readonly gateway: Signer;
  /** The hosts under which providers reach this gateway; a hello made for another is refused. */
  readonly hosts: ReadonlySet<string>;
  readonly domain: Domain;
  readonly gatewayFeePpm: number;
  readonly blobUrl: string;
  readonly registry: Registry;
  readonly events: ConnectionEvents;
  /** This provider's attempts that are still waited for. */
  readonly knownTickets: (provider: Address) => readonly Hex[];
  readonly log: Log;
}

export interface LinkServer {
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  connection(provider: Address): LinkConnection | undefined;
  close(): Promise<void>;
}

/** The gateway's end of the provider link: challenge, hello, welcome, then frames until one side says goodbye. */
export function createLinkServer(options: LinkServerOptions): LinkServer {
  const { gateway, domain, registry, events, log } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LINK_LIMITS.frameBytes,
    perMessageDeflate: false,
  });
  const links = new Map<Address, LinkConnection>();

  function accept(socket: WebSocket): void {
    const challenged = { nonce: toHex(randomBytes(32)), at: Date.now() };
    const timer = setTimeout(() => socket.terminate(), HELLO_TIMEOUT_MS);
    socket.on('error', (error) => log.debug({ err: error }, 'link socket failed'));
    socket.on('close', () => clearTimeout(timer));
    socket.once('message', (data, binary) => {
      clearTimeout(timer);
      socket.pause();
      greet(socket, { data, binary }, challenged).then(
        () => socket.resume(),
        (error: unknown) => refuse(socket, error),
      );
    });
    const { blobUrl } = options;
    const { chainId, verifyingContract: escrow } = domain;
    const { nonce, at: time } = challenged;
    const meta = { gateway: gateway.address, chainId, escrow, nonce, time, blobUrl };
    socket.send(encodeFrame('challenge', { ...meta, heartbeatMs: LINK_LIMITS.heartbeatMs }));
  }

  async function greet(
    socket: WebSocket,
    first: { readonly data: RawData; readonly binary: boolean },
    challenged: Challenged,
  ): Promise<void> {
    const frame = readFrame(first.data, first.binary);
    if (frame.name !== 'hello')
      throw new AssayError('L700', { details: { reason: `${frame.name} before hello` } });
    const receiptKey = await verifyHello(frame.meta, challenged, options);
    if (socket.readyState !== socket.OPEN) return;
    welcome(socket, { hello: frame.meta, nonce: challenged.nonce, receiptKey });
  }

  function welcome(
    socket: WebSocket,
    { hello, nonce, receiptKey }: { hello: FrameMeta<'hello'>; nonce: Hex; receiptKey: Address },
  ): void {
    const { provider, nonce: providerNonce } = hello;
    links.get(provider)?.giveWay();
    const connection = createConnection({
      socket,
      hello,
      receiptKey,
      registry,
      events,
      log,
      onClose,
    });
    links.set(provider, connection);
    const knownTickets = [...options.knownTickets(provider)].slice(0, 1000);
    const { gatewayFeePpm } = options;
    const terms = { gateway: gateway.address, provider, nonce, providerNonce };
    const signature = gateway.sign(digestOf(domain, 'Welcome', terms));
    socket.send(encodeFrame('welcome', { provider, signature, gatewayFeePpm, knownTickets }));
    socket.on('message', (data, binary) => receive(connection, data, binary));
    log.info({ provider, offers: connection.live.offers.length }, 'provider connected');
    events.connected(connection);
  }

  function receive(connection: LinkConnection, data: RawData, binary: boolean): void {
    try {
      connection.handle(readFrame(data, binary));
    } catch (error) {
      if (!(error instanceof AssayError)) log.error({ err: error }, 'frame handler failed');
      const reason = error instanceof AssayError ? JSON.stringify(error.details) : 'internal';
      connection.goodbye(error instanceof AssayError ? error.code : 'G800', reason);
    }
  }

  function onClose(connection: LinkConnection, reason: string, mayReturn: boolean): void {
    if (links.get(connection.provider) === connection) links.delete(connection.provider);
    log.info({ provider: connection.provider, reason }, 'provider lost');
    events.lost(connection, reason, mayReturn);
  }

  function refuse(socket: WebSocket, error: unknown): void {
    const known = error instanceof AssayError ? error : new AssayError('G800', { cause: error });
    if (known.code === 'G800') log.error({ err: error }, 'hello failed');
    else log.warn({ code: known.code, details: known.details }, 'provider refused');
    const reason = `${known.message} ${known.hint} ${JSON.stringify(known.details)}`.slice(0, 300);
    socket.send(encodeFrame('goodbye', { code: known.code, reason }));
    hangUp(socket, known.code);
  }

  return {
    handleUpgrade(request, socket, head) {
      if (sockets.clients.size >= MAX_LINKS) return void socket.destroy();
      sockets.handleUpgrade(request, socket, head, accept);
    },
    connection: (provider) => links.get(provider),
    async close() {
      for (const link of links.values()) link.goodbye('P305', 'the gateway shuts down');
      for (const socket of sockets.clients) socket.terminate();
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
    },
  };
}

function readFrame(data: RawData, binary: boolean): Frame {
  if (!binary) throw new AssayError('L700', { details: { reason: 'a text message' } });
  const bytes = Array.isArray(data) ? Buffer.concat(data) : new Uint8Array(data as Buffer);
  return decodeFrame(bytes);
}
