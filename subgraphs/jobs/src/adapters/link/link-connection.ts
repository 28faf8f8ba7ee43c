import type { Log } from '@assay/kit';
import {
  type Address,
  AssayError,
  encodeFrame,
  type Frame,
  type FrameMeta,
  type FrameName,
  LINK_LIMITS,
  type ProviderLive,
  packPrefix,
} from '@assay/wire';
import type { WebSocket } from 'ws';
import { liveOffersOf } from '../../domain/live-offers.ts';
import type { ConnectionEvents, ProviderConnection } from '../../domain/provider-connection.ts';
import type { Registry } from '../../domain/registry-facts.ts';
import { hangUp } from './hang-up.ts';

export interface LinkConnection extends ProviderConnection {
  handle(frame: Frame): void;
  goodbye(code: string, reason: string): void;
  /** Gives way to a newer link of the same provider, over which its attempts go on. */
  giveWay(): void;
}

export interface ConnectionOptions {
  readonly socket: WebSocket;
  readonly hello: FrameMeta<'hello'>;
  readonly receiptKey: Address;
  readonly registry: Registry;
  readonly events: ConnectionEvents;
  readonly onClose: (connection: LinkConnection, reason: string, mayReturn: boolean) => void;
  readonly log: Log;
}

/** One accepted link. It is lost when its socket closes or three heartbeats in a row are missing, whichever is first. */
export function createConnection(options: ConnectionOptions): LinkConnection {
  const { socket, hello, registry, events, onClose } = options;
  const { provider } = hello;
  let live = firstLive(hello, registry);
  let lost = false;

  const lose = (reason: string, mayReturn = false) => {
    if (lost) return;
    lost = true;
    clearInterval(watch);
    onClose(connection, reason, mayReturn);
  };
  const watch = setInterval(() => {
    if (Date.now() - live.heartbeatAt <= LINK_LIMITS.heartbeatMs * LINK_LIMITS.heartbeatsMissed)
      return;
    lose('heartbeats missed');
    socket.terminate();
  }, LINK_LIMITS.heartbeatMs / 2);
  socket.on('close', (code) => lose(`socket closed with ${code}`, true));

  const send = (frame: Buffer): boolean => {
    if (lost || socket.readyState !== socket.OPEN) return false;
    if (socket.bufferedAmount > LINK_LIMITS.bufferedBytes) return false;
    socket.send(frame);
    return true;
  };

  const goodbye = (code: string, reason: string, mayReturn = false) => {
    send(encodeFrame('goodbye', { code, reason: reason.slice(0, 300) }));
    hangUp(socket, code);
    lose(reason, mayReturn);
  };

  function heartbeat(meta: FrameMeta<'heartbeat'>): void {
    const { status, inFlight, queued, capacity, energy } = meta;
    const offers = liveOffersOf(registry, { provider, offers: meta.offers }, Date.now());
    const heartbeatAt = Date.now();
    live = { ...live, status, inFlight: inFlight + queued, capacity, energy, offers, heartbeatAt };
    events.heartbeat(connection);
  }

  const handlers: { readonly [N in FrameName]?: (frame: Extract<Frame, { name: N }>) => void } = {
    heartbeat: ({ meta }) => heartbeat(meta),
    started: ({ meta }) => events.started(connection, meta),
    chunk: ({ meta, body }) => events.chunk(connection, meta, body),
    receipt: ({ meta }) => events.receipt(connection, meta),
    refusal: ({ meta }) => events.refusal(connection, meta),
    paymentAck: ({ meta }) => events.paymentAck(connection, meta),
    holdings: ({ meta }) => events.holdings(connection, meta),
    goodbye: ({ meta }) => {
      socket.close(1000);
      lose(meta.reason);
    },
  };

  function handle(frame: Frame): void {
    if (lost) return;
    const handler = handlers[frame.name] as ((frame: Frame) => void) | undefined;
    if (handler === undefined)
      throw new AssayError('L700', {
        details: { reason: `${frame.name} is not a provider’s frame` },
      });
    handler(frame);
  }

  const connection: LinkConnection = {
    provider,
    receiptKey: options.receiptKey,
    get live() {
      return live;
    },
    sendTicket(meta, body) {
      const packed = packPrefix(meta, body);
      return send(encodeFrame('ticket', packed.meta, packed.body));
    },
    sendCancel: (cancel) => void send(encodeFrame('cancel', cancel)),
    sendPayment: (payment) => void send(encodeFrame('payment', payment)),
    acknowledgeReceipt: (ticket) => void send(encodeFrame('receiptAck', { ticket })),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    reject: (reason) => goodbye('L700', reason),
    handle,
    goodbye,
    giveWay: () => goodbye('L700', 'replaced by a newer link of this provider', true),
  };
  return connection;
}

function firstLive(hello: FrameMeta<'hello'>, registry: Registry): ProviderLive {
  const { provider, capacity, energy, hardware } = hello;
  const now = Date.now();
  const region = registry.provider(provider)?.region || hello.region;
  return {
    provider,
    status: 'ready',
    inFlight: 0,
    capacity,
    heartbeatAt: now,
    energy,
    offers: liveOffersOf(registry, { provider, offers: hello.offers }, now),
    ...(region === undefined || region === '' ? {} : { region }),
    ...(hardware === undefined ? {} : { hardware }),
  };
}
