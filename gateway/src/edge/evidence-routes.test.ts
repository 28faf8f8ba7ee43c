import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '@assay/kit';
import {
  type Domain,
  type Evidence,
  type EvidenceMethod,
  encodeEvidence,
  type Hex,
  type Signer,
  signEvidenceRequest,
  signerOf,
} from '@assay/wire';
import { expect, onTestFinished, test } from 'vitest';
import { createEvidenceShelf } from '../evidence/evidence-shelf.ts';
import type { OpenDispute } from '../evidence/open-dispute.ts';
import { createRateLimit } from '../federation/rate-limit.ts';
import { makeEvidence } from '../testing/evidence-fixture.ts';
import { evidenceRoutes } from './evidence-routes.ts';
import { createEdgeServer } from './http-server.ts';

const domain: Domain = { chainId: 31337, verifyingContract: `0x${'1'.repeat(40)}` };
const [accused, juror, stranger] = ['2', '3', '4'].map((digit) =>
  signerOf(`0x${digit.repeat(64)}`),
) as [Signer, Signer, Signer];

async function setup({ maxBytes = 100_000, perMinute = 100_000 } = {}) {
  const log = createLog('test', 'silent');
  const dir = await mkdtemp(join(tmpdir(), 'assay-evidence-'));
  const clock = { now: Date.now() };
  const now = () => clock.now;
  const { ticket, evidence, terms } = makeEvidence(domain);
  const chain = new Map<Hex, OpenDispute>([
    [
      ticket,
      {
        terms,
        parties: new Set([accused.address, juror.address]),
        endsAt: Math.floor(clock.now / 1000) + 3_600,
      },
    ],
  ]);
  const shelf = await createEvidenceShelf({ dir, now });
  const rate = createRateLimit({ perMinute, log });
  const publicUrl = 'https://market.example/';
  const disputes = { open: async (id: Hex) => chain.get(id) };
  const routes = evidenceRoutes({
    ...{ disputes, shelf, domain, publicUrl, maxBytes, rate, now },
  });
  const closing = new AbortController().signal;
  const server = createEdgeServer({ routes, rate, trustProxy: false, log, closing });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    shelf.close();
    await rm(dir, { recursive: true });
  });
  const { port } = server.address() as AddressInfo;

  const signed = (method: EvidenceMethod, signer: Signer, { id = ticket, change = {} } = {}) =>
    signEvidenceRequest(
      {
        method,
        url: `https://market.example/v2/evidence/${id}`,
        time: Math.floor(clock.now / 1000),
        ...change,
      },
      signer,
    );

  async function visit(
    method: EvidenceMethod,
    signer: Signer | undefined,
    { id = ticket, body = undefined as Uint8Array | undefined, change = {} } = {},
  ): Promise<{ status: number; code: string | undefined; bytes: Buffer; details: unknown }> {
    const headers = signer && signed(method, signer, { id, change });
    const answer = await fetch(`http://127.0.0.1:${port}/v2/evidence/${id}`, {
      method,
      ...(headers && { headers }),
      ...(body && { body: body as BodyInit }),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const error = answer.ok ? undefined : JSON.parse(bytes.toString()).error;
    return { status: answer.status, code: error?.code, bytes, details: error?.details };
  }
  const files = () => readdir(dir);
  const put = (shown: Evidence = evidence, signer = accused) =>
    visit('PUT', signer, { body: encodeEvidence(shown) });
  return { port, ticket, evidence, chain, clock, shelf, files, signed, visit, put };
}

test('what the accused hands over, a juror gets, byte for byte', async () => {
  const { evidence, visit, put } = await setup();
  expect(await visit('GET', juror)).toMatchObject({ status: 404, code: 'G814' });
  expect((await put()).status).toBe(201);
  const { status, bytes } = await visit('GET', juror);
  expect([status, bytes.equals(encodeEvidence(evidence))]).toEqual([200, true]);
  expect((await put()).status).toBe(201);
});

test('nobody but the parties reads', async () => {
  const { visit, put } = await setup();
  await put();
  expect(await visit('GET', stranger)).toMatchObject({ status: 403, code: 'G812' });
  expect(await visit('GET', undefined)).toMatchObject({ status: 401, code: 'G811' });
  expect(await visit('PUT', undefined)).toMatchObject({ status: 401, code: 'G811' });
});

test('whoever holds the input hands it over, and only where every root fits', async () => {
  const { visit, put, evidence, files } = await setup();
  expect(await put({ ...evidence, text: 'else' }, stranger)).toMatchObject({ code: 'G813' });
  expect(await files()).toEqual([]);
  expect((await put(evidence, stranger)).status).toBe(201);
  expect((await visit('GET', juror)).status).toBe(200);
});

test('strangers that hold their uploads open keep no party out', async () => {
  const { port, ticket, signed, put, evidence } = await setup();
  const hanging = Array.from({ length: 4 }, () => {
    const sent = request({
      host: '127.0.0.1',
      port,
      method: 'PUT',
      path: `/v2/evidence/${ticket}`,
    });
    for (const [name, value] of Object.entries(signed('PUT', stranger)))
      sent.setHeader(name, value);
    sent.on('error', () => undefined);
    sent.write('begun');
    onTestFinished(() => void sent.destroy());
    return sent;
  });
  expect(hanging).toHaveLength(4);
  const wrong = { ...evidence, text: 'else' };
  await expect.poll(async () => (await put(wrong, stranger)).code).toBe('G801');
  expect((await put()).status).toBe(201);
});

test.each([
  ['another door', { url: 'https://other.example/v2/evidence/x' }],
  ['another method', { method: 'PUT' as const }],
  ['yesterday', { time: 1 }],
])('a signature for %s is refused, and the answer says what to sign', async (_, change) => {
  const { visit, put, ticket } = await setup();
  await put();
  const answer = await visit('GET', juror, { change });
  expect([401, 403]).toContain(answer.status);
  expect(answer.code).toMatch(/G81[12]/);
  if (answer.code === 'G811')
    expect(JSON.stringify(answer.details)).toContain(
      `GET https://market.example/v2/evidence/${ticket} at `,
    );
});

test('evidence is taken only where every root fits', async () => {
  const { evidence, files, visit, put } = await setup();
  const other = { ...evidence, text: 'another answer' };
  expect(await put(other)).toMatchObject({ status: 400, code: 'G813' });
  const junk = await visit('PUT', juror, { body: Buffer.from('junk') });
  expect(junk).toMatchObject({ status: 400, code: 'G813' });
  expect(await files()).toEqual([]);
});

test('a ticket without an open dispute has no door; what was kept for it is deleted', async () => {
  const { ticket, chain, put, visit, files } = await setup();
  await put();
  chain.delete(ticket);
  expect(await visit('GET', juror)).toMatchObject({ status: 404, code: 'G810' });
  expect(await files()).toEqual([]);
  const id = `0x${'9'.repeat(64)}` as const;
  expect(await visit('PUT', accused, { id })).toMatchObject({ status: 404, code: 'G810' });
  const malformed = await visit('GET', juror, { id: '0x12' as Hex });
  expect(malformed).toMatchObject({ status: 400, code: 'I100' });
});

test('nothing outlives the last window of its dispute', async () => {
  const { clock, shelf, put, files } = await setup();
  await put();
  clock.now += 3_700_000;
  await shelf.sweep();
  expect(await files()).toEqual([]);
});

test('a body beyond the limit is refused', async () => {
  const { put, files } = await setup({ maxBytes: 100 });
  expect(await put()).toMatchObject({ status: 413, code: 'G802' });
  expect(await files()).toEqual([]);
});

test('who asks too often waits', async () => {
  const { visit } = await setup({ perMinute: 12 });
  const answers = await Promise.all(Array.from({ length: 6 }, () => visit('GET', juror)));
  expect(answers.filter(({ code }) => code === 'G801').length).toBeGreaterThan(0);
});
