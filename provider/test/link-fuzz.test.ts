import { encodeFrame, signerOf, toHex } from '@assay/wire';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type MarketplaceLink, openLink } from '../src/link/marketplace-link.ts';
import { GatewayDouble, hex32 } from './gateway-double.ts';

// Only to end a run that hangs: nothing here waits for time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const SEED = 20_262;
const domain = { chainId: 31337, verifyingContract: `0x${'22'.repeat(20)}` } as const;
const provider = `0x${'44'.repeat(20)}` as const;
const seen: string[] = [];
let gateway: GatewayDouble;
let link: MarketplaceLink;

beforeAll(async () => {
  gateway = await GatewayDouble.start(domain);
  link = openLink({
    url: gateway.url,
    provider,
    signer: signerOf(toHex(new Uint8Array(32).fill(3))),
    domain,
    log: pino({ level: 'silent' }),
    backOff: () => 1,
    hello: () => ({ capacity: 1, energy: { method: 'unavailable' }, offers: [] }),
    heartbeat: () => ({
      status: 'ready',
      inFlight: 0,
      queued: 0,
      capacity: 1,
      offers: [],
      energy: { method: 'unavailable' },
    }),
    handlers: {
      onFrame({ name }) {
        seen.push(name);
        gateway.wake();
      },
      onWelcome: () => gateway.wake(),
      onDown: () => undefined,
      onRoom: () => undefined,
    },
  });
  await gateway.hears('hello');
});
afterAll(async () => {
  await link.close('done');
  await gateway.stop();
});

const { meta, body } = (() => {
  const make = { modelId: hex32(), sessionId: hex32(), prompt: 'hello' };
  const base = GatewayDouble.prototype.makeTicket;
  return base.call(
    { domain, sessionKey: signerOf(hex32()), blobs: new Map() } as unknown as GatewayDouble,
    provider,
    make,
  );
})();
const whole = encodeFrame('ticket', meta, body);

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.nat(whole.byteLength - 1).map((length) => whole.subarray(0, length)),
  fc.tuple(fc.nat(whole.byteLength - 1), fc.nat(255)).map(([at, value]) => {
    const bent = Buffer.from(whole);
    bent[at] = value;
    return bent;
  }),
  fc.string({ maxLength: 50 }),
);

test('random, bent and truncated frames never end the link for good', async () => {
  await fc.assert(
    fc.asyncProperty(bytes, async (sample) => {
      await gateway.until(() => link.state === 'up' && gateway.socket?.readyState === 1);
      const before = { dials: gateway.challenges, frames: seen.length };
      gateway.sayRaw(sample);
      gateway.say('cancel', { ticket: hex32(), reason: 'probe', partial: false });
      // Either the frame was fit to be handed on and so was the probe after it, or the link was dialled again.
      await gateway.until(() => gateway.challenges > before.dials || seen.length > before.frames);
      await gateway.until(() => link.state === 'up' || gateway.challenges > before.dials);
    }),
    { numRuns: 150, seed: SEED },
  );
  expect(gateway.all('goodbye').length).toBeGreaterThan(100);
  expect(seen).toContain('cancel');
}, 120_000);

test('a frame above the limit closes the link, and it comes back', async () => {
  await gateway.until(() => gateway.socket?.readyState === 1);
  const before = gateway.challenges;
  gateway.sayRaw(Buffer.alloc(9 * 1024 * 1024));
  await gateway.until(() => gateway.challenges > before);
});

test('silence of the gateway’s welcome does not leave a second connection', async () => {
  gateway.welcomes = false;
  const before = gateway.challenges;
  gateway.drop();
  await gateway.until(() => gateway.challenges > before);
  gateway.sayRaw(encodeFrame('cancel', { ticket: hex32(), reason: 'too early', partial: false }));
  await gateway.until(() => gateway.challenges > before + 1);
  gateway.welcomes = true;
  gateway.drop();
  const frames = seen.length;
  await gateway.until(() => gateway.challenges > before + 2 && link.state === 'up');
  gateway.say('cancel', { ticket: hex32(), reason: 'probe', partial: false });
  await gateway.until(() => seen.length > frames && gateway.open === 1);
});
