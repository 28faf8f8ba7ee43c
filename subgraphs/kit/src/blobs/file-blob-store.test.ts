import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssayError, sha256, toHex } from '@assay/wire';
import { expect, onTestFinished, test } from 'vitest';
import { createFileBlobStore } from './file-blob-store.ts';
import { parseBlobId } from './parse-blob-id.ts';
import { sweepBlobs } from './sweep-blobs.ts';

const text = (value: string) => Buffer.from(value, 'utf8');
const hashOf = (value: string) => toHex(sha256(value));

async function setup(maxBytes = 100) {
  const dir = await mkdtemp(join(tmpdir(), 'assay-blobs-'));
  const clock = { now: Date.now() };
  const store = await createFileBlobStore({
    dir,
    maxBytes,
    retentionMs: 1000,
    now: () => clock.now,
  });
  onTestFinished(async () => {
    await store.close();
    await rm(dir, { recursive: true });
  });
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'stored',
      (error) => (error instanceof AssayError ? error.code : error),
    );
  return { dir, clock, store, codeOf };
}

test('returns the bytes put in several chunks', async () => {
  const { store } = await setup();
  const blob = await store.put(hashOf('hello world'), [text('hello '), text('world')]);
  expect(blob.bytes).toBe(11);
  expect(Buffer.from(await store.read(blob.sha256)).toString()).toBe('hello world');
  const streamed: Uint8Array[] = [];
  for await (const chunk of blob.stream()) streamed.push(chunk);
  expect(Buffer.concat(streamed).toString()).toBe('hello world');
});

test('stores an empty blob', async () => {
  const { store } = await setup();
  expect((await store.add(text(''))).bytes).toBe(0);
  expect((await store.read(hashOf(''))).byteLength).toBe(0);
});

test('refuses bytes of another hash and keeps nothing of them', async () => {
  const { dir, store, codeOf } = await setup();
  expect(await codeOf(store.put(hashOf('a'), [text('b')]))).toBe('I100');
  expect(await store.find(hashOf('a'))).toBeUndefined();
  expect(await readdir(join(dir, 'incoming'))).toEqual([]);
});

test('stops reading at the size limit', async () => {
  const { store, codeOf } = await setup(10);
  let produced = 0;
  function* endless() {
    for (;;) {
      produced += 4;
      yield text('abcd');
    }
  }
  expect(await codeOf(store.put(hashOf('a'), endless()))).toBe('G802');
  expect(produced).toBe(12);
});

test('keeps nothing of an upload that breaks off', async () => {
  const { dir, store, codeOf } = await setup();
  function* broken() {
    yield text('hel');
    throw new Error('connection reset');
  }
  await codeOf(store.put(hashOf('hello'), broken()));
  expect(await readdir(join(dir, 'incoming'))).toEqual([]);
});

test('forgets a blob once it expires; another put keeps it longer', async () => {
  const { dir, clock, store, codeOf } = await setup();
  await store.add(text('old'));
  const renewed = await store.add(text('renewed'));
  clock.now += 900;
  await store.add(text('renewed'));
  clock.now += 200;
  expect(await codeOf(store.read(hashOf('old')))).toBe('I110');
  expect(await store.find(renewed.sha256)).toBeDefined();
  await sweepBlobs(dir, clock.now);
  expect((await readdir(join(dir, renewed.sha256.slice(2, 4)))).length).toBe(1);
  expect(await readdir(join(dir, hashOf('old').slice(2, 4)))).toEqual([]);
});

test('refuses blobs when all space is taken, also after a restart', async () => {
  const { dir, clock, codeOf } = await setup();
  const open = () =>
    createFileBlobStore({ dir, maxTotalBytes: 6, retentionMs: 1000, now: () => clock.now });
  const first = await open();
  await first.add(text('sixsix'));
  expect(await codeOf(first.add(text('more')))).toBe('G801');
  await first.close();
  const second = await open();
  expect(await codeOf(second.add(text('more')))).toBe('G801');
  await second.close();
  clock.now += 2000;
  const third = await open();
  expect(await codeOf(third.add(text('more')))).toBe('stored');
  await third.close();
});

test('removes a blob at once', async () => {
  const { store } = await setup();
  const { sha256 } = await store.add(text('secret'));
  await store.remove(sha256);
  expect(await store.find(sha256)).toBeUndefined();
});

test('accepts an id with or without 0x and refuses paths', () => {
  const id = hashOf('x');
  expect(parseBlobId(id.slice(2).toUpperCase())).toBe(id);
  expect(() => parseBlobId('../../etc/passwd')).toThrow(AssayError);
});
