import { randomBytes } from 'node:crypto';
import {
  type Address,
  AssayError,
  type Domain,
  decodeFrame,
  encodeFrame,
  type Frame,
  type FrameMeta,
  helloDigest,
  LINK_LIMITS,
  linkHost,
  type Signer,
  toHex,
} from '@assay/wire';
import type { Logger } from 'pino';
import WebSocket from 'ws';
import { backOffMs } from './back-off.ts';
import { checkBlobUrl } from './check-blob-url.ts';
import { type Greeted, proveGateway } from './prove-gateway.ts';

/** What a link says of the provider, in the hello and with each heartbeat. */
export type HelloFacts = Omit<
  FrameMeta<'hello'>,
  'provider' | 'host' | 'nonce' | 'time' | 'signature'
>;
export type HeartbeatFacts = Omit<FrameMeta<'heartbeat'>, 'time'>;

export interface LinkHandlers {
  /** Every frame after the welcome, but goodbye. A throw closes the link; a rejection is the handler's own affair. */
  onFrame(frame: Frame, link: MarketplaceLink): void;
  onWelcome(welcome: FrameMeta<'welcome'>, link: MarketplaceLink): void;
  onDown(link: MarketplaceLink): void;
  /** There is room again after `send` said it was full. */
  onRoom(link: MarketplaceLink): void;
}

export interface LinkOptions {
  readonly url: string;
  /** Only this gateway is welcome, where given. */
  readonly gateway?: Address | undefined;
  readonly provider: Address;
  readonly signer: Signer;
  readonly domain: Domain;
  readonly hello: () => HelloFacts;
  readonly heartbeat: () => HeartbeatFacts;
  readonly handlers: LinkHandlers;
  readonly log: Logger;
  /** Wait before the next dial, by failures in a row. */
  readonly backOff?: (failures: number) => number;
}

export type LinkState = 'dialling' | 'greeting' | 'up' | 'waiting' | 'closed';

/** One marketplace, dialled until it answers and again whenever it is lost. */
export interface MarketplaceLink {
  readonly url: string;
  readonly state: LinkState;
  /** Known from the first welcome on, which proves it, and the same for the life of the link. */
  readonly gateway: Address | undefined;
  readonly blobUrl: string | undefined;
  readonly gatewayFeePpm: number;
  /** Our clock less the gateway's, from the last challenge. */
  readonly clockSkewMs: number;
  /** Why the last connection ended, for status. */
  readonly lastProblem: string | undefined;
  readonly upSince: number | undefined;
  /** Sends a frame; false when the link is down. Callers keep what must not be lost. */
  send(frame: Buffer): boolean;
  /** More is unsent than the limit: produce nothing more before `onRoom`. */
  readonly full: boolean;
  /** Says goodbye and closes for good. */
  close(reason: string): Promise<void>;
}

const HANDSHAKE_MS = 10_000;
const GOODBYE_MS = 1_000;
const STEADY_MS = 2_000;
const QUIET_MS = 5_000;

export function openLink(options: LinkOptions): MarketplaceLink {
  const { url, handlers, log } = options;
  const backOff = options.backOff ?? ((count: number) => backOffMs(count, Math.random()));
  let socket: WebSocket | undefined;
  let state: LinkState = 'dialling';
  /** The challenge of a gateway that proved to be the one it names. */
  let challenge: FrameMeta<'challenge'> | undefined;
  let greeted: Greeted | undefined;
  let gatewayFeePpm = 0;
  let clockSkewMs = 0;
  let lastProblem: string | undefined;
  let upSince: number | undefined;
  let failures = 0;
  let lastHeard = 0;
  let wasFull = false;
  let retry: NodeJS.Timeout | undefined;
  let beat: NodeJS.Timeout | undefined;
  let handshake: NodeJS.Timeout | undefined;

  const link: MarketplaceLink = {
    url,
    get state() {
      return state;
    },
    get gateway() {
      return challenge?.gateway;
    },
    get blobUrl() {
      return challenge?.blobUrl;
    },
    get gatewayFeePpm() {
      return gatewayFeePpm;
    },
    get clockSkewMs() {
      return clockSkewMs;
    },
    get lastProblem() {
      return lastProblem;
    },
    get upSince() {
      return upSince;
    },
    get full() {
      return (socket?.bufferedAmount ?? 0) > LINK_LIMITS.bufferedBytes;
    },
    send(frame) {
      if (state !== 'up' || socket?.readyState !== WebSocket.OPEN) return false;
      socket.send(frame, onSent);
      wasFull ||= link.full;
      return true;
    },
    close,
  };

  function onSent(): void {
    if (!wasFull || link.full) return;
    wasFull = false;
    if (state === 'up') handlers.onRoom(link);
  }

  function dial(): void {
    state = 'dialling';
    const dialled = new WebSocket(url, {
      perMessageDeflate: false,
      maxPayload: LINK_LIMITS.frameBytes,
      handshakeTimeout: HANDSHAKE_MS,
      followRedirects: false,
    });
    socket = dialled;
    handshake = setTimeout(() => fail(dialled, 'no welcome in time'), HANDSHAKE_MS);
    dialled.on('message', (data, isBinary) => receive(dialled, data as Buffer, isBinary));
    dialled.on('pong', () => {
      lastHeard = Date.now();
    });
    dialled.on('error', (error) => {
      lastProblem = error.message;
    });
    dialled.on('close', () => onClose(dialled));
  }

  function receive(from: WebSocket, data: Buffer, isBinary: boolean): void {
    if (from !== socket || state === 'closed') return;
    lastHeard = Date.now();
    try {
      if (!isBinary) throw new AssayError('L700', { details: { reason: 'a text message' } });
      const frame = decodeFrame(data);
      if (frame.name === 'goodbye') onGoodbye(from, frame.meta);
      else if (state === 'up') handlers.onFrame(frame, link);
      else greet(from, frame);
    } catch (error) {
      const fault = error instanceof AssayError ? error : new AssayError('P300', { cause: error });
      log.warn(
        { url, code: fault.code, details: fault.details, cause: fault.cause },
        'link frame refused',
      );
      goodbye(from, fault.code, String(fault.details.reason ?? fault.message));
      fail(from, `${fault.code}: ${fault.details.reason ?? fault.message}`);
    }
  }

  function greet(from: WebSocket, frame: Frame): void {
    if (state === 'dialling' && frame.name === 'challenge') {
      answer(from, frame.meta);
      state = 'greeting';
    } else if (state === 'greeting' && frame.name === 'welcome') {
      welcome(frame.meta);
    } else {
      throw new AssayError('L700', { details: { reason: `${frame.name} while ${state}` } });
    }
  }

  function answer(from: WebSocket, asked: FrameMeta<'challenge'>): void {
    const { domain, provider, signer } = options;
    const stranger =
      (asked.chainId !== domain.chainId && `chain ${asked.chainId}, not ${domain.chainId}`) ||
      (asked.escrow !== domain.verifyingContract && `escrow ${asked.escrow}, not ours`) ||
      (options.gateway !== undefined &&
        asked.gateway !== options.gateway &&
        `gateway ${asked.gateway}`) ||
      (challenge !== undefined &&
        challenge.gateway !== asked.gateway &&
        `another gateway ${asked.gateway}`);
    if (stranger)
      throw new AssayError('L700', { details: { reason: `the marketplace is on ${stranger}` } });
    checkBlobUrl(url, asked.blobUrl);
    const now = Date.now();
    clockSkewMs = now - asked.time;
    if (Math.abs(clockSkewMs) > LINK_LIMITS.challengeMaxAgeMs / 2)
      log.warn({ url, clockSkewMs }, 'this clock and the gateway’s differ: set the time (NTP)');
    const nonce = toHex(randomBytes(32));
    greeted = { challenge: asked, providerNonce: nonce };
    const names = { provider, host: linkHost(url) };
    const nonces = { nonce: asked.nonce, providerNonce: nonce };
    const greeting = { ...names, ...nonces, gateway: asked.gateway, time: BigInt(now) };
    const signature = signer.sign(helloDigest(domain, greeting));
    from.send(encodeFrame('hello', { ...options.hello(), ...names, nonce, time: now, signature }));
  }

  function welcome(meta: FrameMeta<'welcome'>): void {
    challenge = proveGateway(meta, greeted, options);
    clearTimeout(handshake);
    state = 'up';
    upSince = Date.now();
    lastProblem = undefined;
    gatewayFeePpm = meta.gatewayFeePpm;
    const every = Math.min(30_000, Math.max(100, challenge.heartbeatMs));
    beat = setInterval(() => heartbeat(every), every);
    log.info({ url, gateway: challenge.gateway }, 'link up');
    handlers.onWelcome(meta, link);
  }

  function heartbeat(every: number): void {
    if (socket === undefined) return;
    if (Date.now() - lastHeard > Math.max(QUIET_MS, LINK_LIMITS.heartbeatsMissed * every)) {
      fail(socket, 'the gateway fell silent');
      return;
    }
    link.send(encodeFrame('heartbeat', { ...options.heartbeat(), time: Date.now() }));
    if (socket.readyState === WebSocket.OPEN) socket.ping();
  }

  function onGoodbye(from: WebSocket, { code, reason }: FrameMeta<'goodbye'>): void {
    log.warn({ url, code, reason }, 'the gateway said goodbye');
    fail(from, `${code}: ${reason}`);
  }

  function goodbye(to: WebSocket, code: string, reason: string): void {
    if (to.readyState !== WebSocket.OPEN) return;
    to.send(encodeFrame('goodbye', { code: code.slice(0, 8), reason: reason.slice(0, 300) }));
  }

  function fail(which: WebSocket, problem: string): void {
    lastProblem = problem;
    which.close();
    setTimeout(() => which.terminate(), GOODBYE_MS).unref();
    onClose(which);
  }

  function onClose(which: WebSocket): void {
    if (which !== socket || state === 'waiting' || state === 'closed') return;
    const wasUp = state === 'up';
    const steady = upSince !== undefined && Date.now() - upSince > STEADY_MS;
    clearInterval(beat);
    clearTimeout(handshake);
    state = 'waiting';
    upSince = undefined;
    failures = steady ? 0 : failures + 1;
    const wait = backOff(wasUp && failures <= 1 ? 0 : failures);
    log[wasUp ? 'warn' : 'debug']({ url, problem: lastProblem, retryMs: wait }, 'link down');
    if (wasUp) handlers.onDown(link);
    retry = setTimeout(dial, wait);
  }

  async function close(reason: string): Promise<void> {
    if (state === 'closed') return;
    const last = socket;
    if (last && state === 'up') goodbye(last, 'P305', reason);
    state = 'closed';
    clearInterval(beat);
    clearTimeout(retry);
    clearTimeout(handshake);
    if (!last || last.readyState === WebSocket.CLOSED) return;
    await new Promise<void>((resolve) => {
      const forced = setTimeout(() => last.terminate(), GOODBYE_MS);
      last.once('close', () => {
        clearTimeout(forced);
        resolve();
      });
      if (last.readyState === WebSocket.CONNECTING) last.terminate();
      else last.close();
    });
  }

  dial();
  return link;
}
