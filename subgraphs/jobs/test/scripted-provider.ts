import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  type Domain,
  decodeFrame,
  deliveredTensors,
  digestOf,
  encodeFrame,
  execClassId,
  type Frame,
  type FrameMeta,
  fingerprintHash,
  fromHex,
  type Hex,
  helloDigest,
  inputRoot,
  keccak256,
  linkHost,
  outputRoot,
  packTensors,
  promptTensor,
  type Receipt,
  type Tensor,
  toHex,
  unpackPrefix,
  unpackTensors,
} from '@assay/wire';
import WebSocket from 'ws';
import { CLASS_NAME, type RegisteredProvider } from './test-chain.ts';

export interface Ticket {
  readonly meta: FrameMeta<'ticket'>;
  readonly body: Uint8Array;
}

/** A provider whose behaviour a test scripts. It speaks the real link over a real socket and signs real receipts. */
export interface ScriptedProvider {
  readonly registered: RegisteredProvider;
  readonly tickets: Ticket[];
  readonly payments: FrameMeta<'payment'>[];
  readonly goodbyes: FrameMeta<'goodbye'>[];
  readonly cancels: FrameMeta<'cancel'>[];
  /** Tickets whose receipt the gateway acknowledged. */
  readonly acknowledged: Hex[];
  /** The nonce of its hello. */
  readonly nonce: Hex;
  challenge: FrameMeta<'challenge'> | undefined;
  welcome: FrameMeta<'welcome'> | undefined;
  /** What happens with a ticket; default: answers it honestly at once. */
  onTicket: (ticket: Ticket, provider: ScriptedProvider) => void;
  /** What happens when a ticket is cancelled; default: nothing. */
  onCancel: (cancel: FrameMeta<'cancel'>) => void;
  acknowledgePayments: boolean;
  text(ticket: Ticket, index: number, text: string, units?: number): void;
  tensors(ticket: Ticket, index: number, tensors: readonly Tensor[]): void;
  receipt(ticket: Ticket, done: Done): void;
  refuse(ticket: Ticket, code: string, retryAfterMs?: number): void;
  sendRaw(bytes: Uint8Array): void;
  /** The market has read everything that was sent, or has hung up. */
  heard(): Promise<void>;
  /** Cuts the socket without a word, as SIGKILL would. */
  kill(): void;
  close(): Promise<void>;
}

export interface Done {
  readonly text?: string;
  readonly tensors?: readonly Tensor[];
  readonly chunks: number;
  readonly units: bigint;
  readonly change?: Partial<Receipt>;
  readonly cutShort?: boolean;
}

export interface ScriptedOptions {
  readonly url: string;
  readonly domain: Domain;
  readonly registered: RegisteredProvider;
  readonly models: readonly Hex[];
  readonly price?: bigint;
  readonly capacity?: number;
  /** The host it says it dialled, if not the url's. */
  readonly host?: string;
  readonly holdings?: FrameMeta<'holdings'>['payments'];
}

const energy = { method: 'unavailable' } as const;

export async function connectScripted(options: ScriptedOptions): Promise<ScriptedProvider> {
  const { registered, domain, models, price = 100n, capacity = 4 } = options;
  const socket = new WebSocket(options.url, { perMessageDeflate: false });
  const send = (frame: Buffer) => socket.readyState === WebSocket.OPEN && socket.send(frame);
  const offers = models.map((modelId) => ({
    offerId: registered.offerId(modelId),
    modelId,
    execClass: execClassId(CLASS_NAME),
    livePrice: `${price}`,
    msPerUnit: 1,
  }));
  const welcome = Promise.withResolvers<void>();
  const providerNonce = toHex(randomBytes(32));
  const provider: ScriptedProvider = {
    registered,
    tickets: [],
    payments: [],
    goodbyes: [],
    cancels: [],
    acknowledged: [],
    nonce: providerNonce,
    challenge: undefined,
    welcome: undefined,
    onCancel: () => undefined,
    onTicket: answerHonestly,
    acknowledgePayments: true,
    text: ({ meta }, index, text, units = 1) =>
      send(encodeFrame('chunk', { ticket: meta.id, index, text, units: `${units}` })),
    tensors({ meta }, index, tensors) {
      const { headers, body } = packTensors(tensors);
      send(encodeFrame('chunk', { ticket: meta.id, index, tensors: headers, units: '1' }, body));
    },
    receipt: (ticket, done) => send(receiptFrame(ticket, done, registered, domain)),
    refuse({ meta }, code, retryAfterMs) {
      const time = Date.now();
      const terms = { ticket: meta.id, code: keccak256(Buffer.from(code)), time: BigInt(time) };
      const signature = registered.receiptKey.sign(digestOf(domain, 'Refusal', terms));
      const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
      send(
        encodeFrame('refusal', { ticket: meta.id, code, message: 'no', time, signature, ...wait }),
      );
    },
    sendRaw: (bytes) => socket.send(bytes),
    async heard() {
      if (socket.readyState === WebSocket.CLOSED) return;
      const over = Promise.race([once(socket, 'pong'), once(socket, 'close')]);
      if (socket.readyState === WebSocket.OPEN) socket.ping();
      await over;
    },
    kill: () => socket.terminate(),
    async close() {
      clearInterval(beat);
      if (socket.readyState === WebSocket.CLOSED) return;
      socket.close();
      await once(socket, 'close');
    },
  };

  function hello(challenge: FrameMeta<'challenge'>): void {
    const time = Date.now();
    const { gateway, nonce } = challenge;
    const names = { provider: registered.address, host: options.host ?? linkHost(options.url) };
    const greeting = { ...names, gateway, nonce, providerNonce, time: BigInt(time) };
    const signature = registered.receiptKey.sign(helloDigest(domain, greeting));
    send(
      encodeFrame('hello', {
        ...names,
        nonce: providerNonce,
        time,
        signature,
        capacity,
        energy,
        offers,
      }),
    );
  }

  function handle(frame: Frame): void {
    if (frame.name === 'challenge') {
      provider.challenge = frame.meta;
      hello(frame.meta);
    } else if (frame.name === 'welcome') {
      provider.welcome = frame.meta;
      send(encodeFrame('holdings', { payments: [...(options.holdings ?? [])], more: false }));
      welcome.resolve();
    } else if (frame.name === 'ticket') {
      const ticket = unpackPrefix(frame.meta, frame.body);
      provider.tickets.push(ticket);
      provider.onTicket(ticket, provider);
    } else if (frame.name === 'payment') {
      provider.payments.push(frame.meta);
      const { sessionId, offerId, cumulative } = frame.meta;
      if (provider.acknowledgePayments)
        send(encodeFrame('paymentAck', { sessionId, offerId, cumulative }));
    } else if (frame.name === 'cancel') {
      provider.cancels.push(frame.meta);
      provider.onCancel(frame.meta);
    } else if (frame.name === 'receiptAck') {
      provider.acknowledged.push(frame.meta.ticket);
    } else if (frame.name === 'goodbye') {
      provider.goodbyes.push(frame.meta);
      welcome.reject(new Error(`${frame.meta.code}: ${frame.meta.reason}`));
    }
  }
  socket.on('message', (data) => handle(decodeFrame(new Uint8Array(data as Buffer))));
  socket.on('error', (error) => welcome.reject(error));
  const beat = setInterval(() => {
    const load = { inFlight: 0, queued: 0, capacity };
    send(encodeFrame('heartbeat', { time: Date.now(), status: 'ready', ...load, offers, energy }));
  }, 500);
  socket.on('close', () => clearInterval(beat));
  await welcome.promise;
  return provider;
}

export function inputsOf({ meta, body }: Ticket): Tensor[] {
  if (meta.input.kind === 'text') return [promptTensor(Buffer.from(body).toString('utf8'))];
  return unpackTensors(meta.input.tensors, body) as Tensor[];
}

function receiptFrame(
  ticket: Ticket,
  done: Done,
  registered: RegisteredProvider,
  domain: Domain,
): Buffer {
  const { meta } = ticket;
  const lanes = new Int32Array(16);
  const salt = randomBytes(16);
  const params = meta.params as Parameters<typeof inputRoot>[1];
  const receipt: Receipt = {
    ticket: meta.id,
    execClass: execClassId(CLASS_NAME),
    inputRoot: inputRoot(fromHex(meta.inputSalt), params, inputsOf(ticket)),
    outputRoot: outputRoot(deliveredTensors(done.text ?? '', done.tensors ?? [])),
    fingerprintHash: fingerprintHash(lanes, salt),
    units: done.units,
    price: done.units * BigInt(meta.unitPrice),
    startedAt: BigInt(Date.now()),
    finishedAt: BigInt(Date.now()),
    ...done.change,
  };
  const signature = registered.receiptKey.sign(digestOf(domain, 'Receipt', receipt));
  const { units, price, startedAt, finishedAt, ...hashes } = receipt;
  const text = {
    units: `${units}`,
    price: `${price}`,
    startedAt: `${startedAt}`,
    finishedAt: `${finishedAt}`,
  };
  return encodeFrame('receipt', {
    ticket: meta.id,
    receipt: { ...hashes, ...text },
    signature,
    fingerprint: [...lanes],
    fingerprintSalt: toHex(salt),
    chunks: done.chunks,
    ...(done.cutShort && { cutShort: true }),
  });
}

/** Text: the words of the prompt that were not delivered yet, one a chunk. Tensors: `y = 2x`. */
export function answerHonestly(ticket: Ticket, provider: ScriptedProvider): void {
  if (ticket.meta.input.kind === 'tensors') {
    const [x] = inputsOf(ticket);
    const values = new Float32Array(new Uint8Array(x?.data ?? []).buffer).map((value) => 2 * value);
    const y: Tensor = {
      name: 'y',
      datatype: 'FP32',
      shape: [values.length],
      data: new Uint8Array(values.buffer),
    };
    provider.tensors(ticket, 0, [y]);
    provider.receipt(ticket, { tensors: [y], chunks: 1, units: 1n });
    return;
  }
  const words = wordsOf(ticket);
  for (const [index, word] of words.entries()) provider.text(ticket, index, word);
  provider.receipt(ticket, {
    text: words.join(''),
    chunks: words.length,
    units: BigInt(words.length),
  });
}

/** What is left to say after the delivered prefix. */
export function wordsOf({ meta, body }: Ticket): string[] {
  const all =
    Buffer.from(body)
      .toString('utf8')
      .match(/\S+\s*/g) ?? [];
  const prefix = meta.params.deliveredPrefix ?? '';
  let said = '';
  const rest = all.filter((word) => {
    said += word;
    return said.length > prefix.length;
  });
  return rest;
}
