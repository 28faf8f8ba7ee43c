import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { expect, it, onTestFinished } from 'vitest';
import { graphqlOf } from './ask-market.ts';
import { MARKET_QUERIES } from './market-queries.ts';
import { marketReasons } from './market-reasons.ts';
import { parseMarketView } from './market-view.ts';
import { whyNotSelected } from './why-not-selected.ts';

const SELF = `0x${'aa'.repeat(20)}`;
const OTHER = `0x${'bb'.repeat(20)}`;
const MODEL = `0x${'01'.repeat(32)}`;

const part = (name: string, value: number) => ({ name, value, weight: 0.2, explanation: 'So.' });
const standing = () => ({
  live: { status: 'ready', heartbeatAgeMs: 10 },
  offers: {
    edges: [{ node: { livePrice: '10', validUntil: null, model: { id: MODEL, name: 'char-lm' } } }],
  },
  reputation: {
    ...{ score: 0.9, trust: 0.9, eligible: true, parts: [part('stake', 0.9)] },
    lastChange: null as object | null,
  },
  staking: { own: '1000', delegated: '0', thawing: '0', unmatured: '5' },
});
const rival = (id: string, livePrice: string, trust: number) => ({
  node: { livePrice, provider: { id, reputation: { trust, eligible: true } } },
});
const rivals = (...edges: object[]) => ({ model: { id: MODEL, offers: { edges } } });

const why = (provider: object | null, ...models: object[]): string[] =>
  marketReasons(parseMarketView({ provider }, models), SELF)
    .toSorted((a, b) => b.weight - a.weight)
    .map((reason) => reason.why);

const STATUS = {
  ...{ provider: SELF, state: 'ready', links: [], leftOut: [], refusals: {} },
  slots: { count: 1, busy: 0, queued: 0, kills: 0, restarts: 0 },
  models: [{ modelId: MODEL, name: 'char-lm', fault: undefined }],
} as unknown as Parameters<typeof whyNotSelected>[0];

it('asks only what docs/api.graphql has', () => {
  const file = join(import.meta.dirname, '../../../docs/api.graphql');
  const schema = buildSchema(readFileSync(file, 'utf8'), { assumeValidSDL: true });
  for (const query of Object.values(MARKET_QUERIES))
    expect(validate(schema, parse(query))).toEqual([]);
});

it('finds the GraphQL address beside the link, unless the config names another', () => {
  expect(graphqlOf({ url: 'wss://market.example/provider' })).toBe(
    'https://market.example/graphql',
  );
  expect(graphqlOf({ url: 'ws://127.0.0.1:4000/provider' })).toBe('http://127.0.0.1:4000/graphql');
  expect(graphqlOf({ url: 'wss://a.example/p', graphql: 'https://b.example/q' })).toBe(
    'https://b.example/q',
  );
});

it('finds nothing where the marketplace sees nothing amiss', () => {
  expect(why(standing(), rivals(rival(SELF, '10', 0.9), rival(OTHER, '12', 0.8)))).toEqual([]);
});

it('an unknown, an unseen and an excluded provider are told so before anything else', () => {
  expect(why(null)[0]).toMatch(/does not know/);
  expect(why({ ...standing(), live: null })[0]).toMatch(/not see it connected/);
  const reputation = {
    ...{ score: 0, trust: 0.2, eligible: false, parts: [part('stake', 0)] },
    lastChange: { at: '2030-01-01T00:00:00Z', from: 0.5, to: 0, reason: 'audits did not match' },
  };
  const found = why({ ...standing(), reputation });
  expect(found[0]).toBe('excluded since 2030-01-01T00:00:00Z: audits did not match');
  expect(found[1]).toMatch(/score, stake: 0\.00/);
});

it('a price far above the others weighs more than a little less trust, and the other way round', () => {
  const dear = why(standing(), rivals(rival(SELF, '30', 0.85), rival(OTHER, '10', 0.9)));
  expect(dear.map((text) => text.split(' ')[1])).toEqual(['its', 'trusted']);
  expect(dear[0]).toContain('live price is 30, 1 of 1 others ask less (from 10, median 10)');
  const unknown = why(standing(), rivals(rival(SELF, '11', 0.4), rival(OTHER, '10', 0.9)));
  expect(unknown[0]).toContain('trusted 0.40, the best of 1 other(s) 0.90');
});

it('an offer without a live price, and earnings without a stake behind them', () => {
  const provider = standing();
  const [edge] = provider.offers.edges;
  const found = why({
    ...provider,
    offers: { edges: [{ node: { ...edge?.node, livePrice: null } }] },
    staking: { own: '7', delegated: '0', thawing: '7', unmatured: '5000000' },
  });
  expect(found).toEqual([
    expect.stringMatching(/^5 USD earned and not matured, with no stake/),
    expect.stringMatching(/no live price/),
  ]);
});

it('asks a marketplace over HTTP and says of each reason what to do', async () => {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const isModel = body.includes('Rivals');
      const data = isModel
        ? rivals(rival(SELF, '9', 0.9))
        : { provider: { ...standing(), live: null } };
      response.end(JSON.stringify({ data }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/provider`;
  const { reasons, standings, unasked } = await whyNotSelected(STATUS, [{ url }]);
  expect(unasked).toEqual([]);
  expect(standings).toMatchObject([{ score: 0.9, unmatured: '0.000005 USD' }]);
  expect(reasons[0]?.why).toMatch(/not see it connected/);
  expect(reasons.every(({ fix }) => fix.length > 0)).toBe(true);
});

it('offline: says whom it could not ask, and keeps the local reasons', async () => {
  const draining = { ...STATUS, state: 'draining' };
  const found = await whyNotSelected(draining, [{ url: 'ws://127.0.0.1:1/provider' }]);
  expect(found.unasked).toEqual([{ host: '127.0.0.1:1', reason: 'no answer' }]);
  expect(found.reasons).toMatchObject([{ weight: 100, why: 'it is draining' }]);
});

it('a page that is no GraphQL is not taken for an answer', async () => {
  const server = createServer((_, response) =>
    response.writeHead(404).end('<html>not here</html>'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/provider`;
  const { unasked } = await whyNotSelected(STATUS, [{ url }]);
  expect(unasked[0]?.reason).toMatch(/no GraphQL there \(HTTP 404\)/);
});
