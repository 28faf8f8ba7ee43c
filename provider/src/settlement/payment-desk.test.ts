import {
  type Domain,
  decodeFrame,
  digestOf,
  type FrameMeta,
  type Hex,
  signerOf,
  toHex,
} from '@assay/wire';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { MarketplaceLink } from '../link/marketplace-link.ts';
import type { HeldPayment, Ledger } from './ledger.ts';
import { createPaymentDesk } from './payment-desk.ts';
import type { SessionReader } from './session-facts.ts';

const word = (byte: number): Hex => toHex(new Uint8Array(32).fill(byte));
const domain: Domain = { chainId: 31337, verifyingContract: `0x${'22'.repeat(20)}` };
const [key, gateway, thief] = [signerOf(word(1)), signerOf(word(2)), signerOf(word(3))];
const [sessionId, offerId, receipts] = [word(4), word(5), word(0)];

function payment(cumulative: bigint, signer = key): FrameMeta<'payment'> {
  const terms = { sessionId, offerId, cumulative };
  return {
    ...{ sessionId, offerId, receipts, receiptDigests: [], cumulative: `${cumulative}` },
    signature: signer.sign(digestOf(domain, 'Voucher', terms)),
    guarantee: gateway.sign(digestOf(domain, 'Guarantee', { ...terms, receipts })),
  };
}

function setup() {
  const kept: bigint[] = [];
  const refused: string[] = [];
  const acknowledged: string[] = [];
  const desk = createPaymentDesk({
    domain,
    sessions: {
      read: async () => ({ state: 'OPEN', key: key.address, gateway: gateway.address }),
    } as unknown as SessionReader,
    ledger: {
      held: () =>
        kept.length > 0
          ? ({ cumulative: kept.at(-1), receipts } as unknown as HeldPayment)
          : undefined,
      keep: async ({ cumulative }: FrameMeta<'payment'>) => void kept.push(BigInt(cumulative)),
    } as unknown as Ledger,
    modelOf: () => word(6),
    onStored: () => undefined,
    onRefused: ({ code }) => void refused.push(code),
    log: pino({ level: 'silent' }),
  });
  const link = {
    gateway: gateway.address,
    send(bytes: Buffer) {
      const frame = decodeFrame(bytes);
      if (frame.name === 'paymentAck') acknowledged.push(frame.meta.cumulative);
      return true;
    },
  } as unknown as MarketplaceLink;
  return { desk, link, kept, refused, acknowledged };
}

test('of payments that wait together the highest is kept, and only it is verified', async () => {
  const { desk, link, kept, acknowledged } = setup();
  for (const amount of [5n, 9n, 7n]) desk.take(payment(amount), link);
  await desk.idle();
  // The first was already in hand when the others came.
  expect([kept, acknowledged]).toEqual([
    [5n, 9n],
    ['5', '9'],
  ]);
});

test('a forged payment does not take the place of an honest lower one that waits with it', async () => {
  const { desk, link, kept, refused, acknowledged } = setup();
  desk.take(payment(5n), link);
  desk.take(payment(900n, thief), link);
  desk.take(payment(8n), link);
  await desk.idle();
  expect([kept, refused, acknowledged]).toEqual([[5n, 8n], ['S407'], ['5', '8']]);
});
