import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  EVIDENCE_HEADERS,
  type Evidence,
  encodeEvidence,
  evidenceRequestSigner,
  type Hex,
  promptTensor,
  signerOf,
} from '@assay/wire';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { createEvidenceStore } from './evidence-store.ts';

const hex = (digit: string): Hex => `0x${digit.repeat(64)}`;
const ticket = hex('1');
const signer = signerOf(hex('7'));
const evidence: Evidence = {
  modelId: hex('2'),
  receipt: {
    ...{ ticket, execClass: hex('3'), inputRoot: hex('4'), outputRoot: hex('5') },
    ...{ fingerprintHash: hex('6'), units: '1', price: '1', startedAt: '1', finishedAt: '1' },
  },
  inputSalt: `0x${'8'.repeat(32)}`,
  params: {},
  input: [promptTensor('the prompt')],
  text: 'the answer',
  output: [],
};

/** An HTTP store; `answer` says what it does with each request. */
async function startPlace(answer: (request: IncomingMessage) => { status: number; body?: Buffer }) {
  const heard: { method: string; signer: string | undefined; body: Buffer }[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const method = request.method === 'PUT' ? 'PUT' : 'GET';
    const url = `${origin}${request.url}`;
    const time = Number(request.headers[EVIDENCE_HEADERS.time]);
    const signature = String(request.headers[EVIDENCE_HEADERS.signature]);
    heard.push({
      method,
      signer: evidenceRequestSigner({ method, url, time }, signature),
      body: Buffer.concat(parts),
    });
    const { status, body } = answer(request);
    response.writeHead(status).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `${origin}/v2/evidence`, heard };
}

function setup(places: readonly string[] = []) {
  const directory = join(mkdtempSync(join(tmpdir(), 'assay-evidence-')), 'evidence');
  const log = pino({ level: 'silent' });
  const store = createEvidenceStore({ directory, places: () => places, signer, log });
  const found = async (): Promise<Evidence[]> => {
    const all: Evidence[] = [];
    for await (const one of store.find(ticket)) all.push(one);
    return all;
  };
  return { directory, store, found };
}

test('keeps a file, gives it back, and removes it', async () => {
  const { directory, store, found } = setup();
  await store.keep(evidence);
  expect((await found())[0]?.text).toBe('the answer');
  expect(await store.kept()).toEqual([ticket]);
  await store.remove(ticket);
  expect([readdirSync(directory), await found()]).toEqual([[], []]);
});

test('passes over a file and a place that hold something else, and goes on to the next', async () => {
  const junk = await startPlace(() => ({ status: 200, body: Buffer.from('junk') }));
  const good = await startPlace(() => ({ status: 200, body: encodeEvidence(evidence) }));
  const { directory, found } = setup(['http://127.0.0.1:1', junk.url, good.url]);
  mkdirSync(directory);
  writeFileSync(join(directory, ticket), 'half a file');
  expect((await found()).map(({ text }) => text)).toEqual(['the answer']);
  expect(good.heard).toMatchObject([{ method: 'GET', signer: signer.address }]);
});

test('hands it to every place that has not got it yet, and says why some did not take it', async () => {
  const good = await startPlace(() => ({ status: 201 }));
  const closed = await startPlace(() => ({
    status: 404,
    body: Buffer.from('{"error":{"code":"G810"}}'),
  }));
  const { store } = setup([good.url, `${closed.url}/`]);
  const first = await store.publish(evidence);
  expect(first.at).toEqual([`${good.url}/${ticket}`]);
  expect(first.refused).toEqual([{ place: `${closed.url}/${ticket}`, reason: 'HTTP 404 G810' }]);
  expect(good.heard[0]).toMatchObject({ method: 'PUT', signer: signer.address });
  expect(good.heard[0]?.body.equals(encodeEvidence(evidence))).toBe(true);
  await store.publish(evidence, new Set(first.at));
  expect([good.heard.length, closed.heard.length]).toEqual([1, 2]);
});
