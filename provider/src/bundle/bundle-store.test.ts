import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { writeTestBundle } from '../supervisor/slots/bundle-fixture.ts';
import { sumGraph } from '../supervisor/slots/graph-fixtures.ts';
import { createBundleStore } from './bundle-store.ts';

async function setup(manifest: object = {}) {
  const root = await mkdtemp(join(tmpdir(), 'assay-store-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const directory = join(root, 'bundle');
  await mkdir(directory);
  await writeTestBundle({
    directory,
    name: 'sum',
    graph: sumGraph(),
    manifest: { ops: ['ai.onnx:ReduceSum'], ...manifest },
  });
  return { root, directory, store: createBundleStore(join(root, 'store')) };
}

/** Serves a directory; cuts the first answer to a file in the middle when `flaky`. */
async function serveDirectory(directory: string, flaky = false) {
  const ranges: (string | undefined)[] = [];
  let failed = !flaky;
  let breakOff = () => {};
  const server = createServer(async (request, response) => {
    const bytes = await readFile(join(directory, request.url ?? '')).catch(() => undefined);
    if (!bytes) return response.writeHead(404).end();
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (request.url?.endsWith('.onnx')) ranges.push(request.headers.range);
    response.writeHead(start > 0 ? 206 : 200, { 'content-length': bytes.byteLength - start });
    if (!failed && request.url?.endsWith('.onnx')) {
      failed = true;
      breakOff = () => response.destroy();
      return response.write(bytes.subarray(0, 40));
    }
    response.end(bytes.subarray(start));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ranges,
    breakOff: () => breakOff(),
  };
}

async function sizesBelow(directory: string): Promise<number[]> {
  const entries = await readdir(directory, { recursive: true });
  return Promise.all(entries.map(async (entry) => (await stat(join(directory, entry))).size));
}

it('keeps exactly the manifest’s files, read-only', async () => {
  const { directory, store } = await setup();
  await writeFile(join(directory, 'secret.txt'), 'not part of the bundle');
  const stored = await store.importSource(directory);
  expect(await readdir(stored.directory)).toEqual(['model.onnx']);
  expect((await stat(join(stored.directory, 'model.onnx'))).mode & 0o222).toBe(0);
});

it('mends a file that was damaged in the store', async () => {
  const { root, directory, store } = await setup();
  const stored = await store.importSource(directory);
  await rm(join(stored.directory, 'model.onnx'));
  await writeFile(join(stored.directory, 'model.onnx'), 'damaged');
  for (const file of await readdir(join(root, 'store/files'))) {
    await rm(join(root, 'store/files', file));
    await writeFile(join(root, 'store/files', file), 'damaged');
  }
  await store.importSource(directory);
  expect(await readFile(join(stored.directory, 'model.onnx'))).toEqual(
    await readFile(join(directory, 'model.onnx')),
  );
});

it('refuses operators the manifest does not list', async () => {
  const { directory, store } = await setup({ ops: ['ai.onnx:Add'] });
  await expect(store.importSource(directory)).rejects.toMatchObject({
    code: 'M603',
    details: { refused: [expect.stringContaining('ai.onnx:ReduceSum')] },
  });
});

it('downloads a bundle, going on after a broken connection', async () => {
  const { root, directory, store } = await setup();
  const { url, ranges, breakOff } = await serveDirectory(directory, true);
  const broken = expect(store.importSource(url)).rejects.toThrow();
  await vi.waitFor(async () => expect(await sizesBelow(join(root, 'store'))).toContain(40), {
    timeout: 10_000,
  });
  breakOff();
  await broken;
  const progress: number[] = [];
  const stored = await store.importSource(url, {
    onProgress: ({ received }) => progress.push(received),
  });
  expect(ranges).toEqual([undefined, 'bytes=40-']);
  expect(progress.at(-1)).toBe(stored.manifest.files[0]?.bytes);
});

it('never takes more bytes than the manifest says, nor other bytes', async () => {
  const { directory, store } = await setup();
  const { url } = await serveDirectory(directory);
  const good = await readFile(join(directory, 'model.onnx'));
  await writeFile(join(directory, 'model.onnx'), Buffer.concat([good, Buffer.alloc(1_000)]));
  await expect(store.importSource(url)).rejects.toMatchObject({ code: 'M602' });
  await writeFile(join(directory, 'model.onnx'), Buffer.alloc(good.byteLength));
  await expect(store.importSource(url)).rejects.toMatchObject({ code: 'M602' });
});

it('says which file is missing', async () => {
  const { directory, store } = await setup();
  await rm(join(directory, 'model.onnx'));
  await expect(store.importSource(directory)).rejects.toMatchObject({
    code: 'M604',
    details: { file: 'model.onnx' },
  });
  await expect(store.importSource('npm:@assay/no-such-package/models')).rejects.toMatchObject({
    code: 'M604',
  });
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The name under which the store keeps the bundle's graph. */
async function storedName(root: string, directory: string): Promise<string> {
  const bytes = await readFile(join(directory, 'model.onnx'));
  return join(root, 'store/files', createHash('sha256').update(bytes).digest('hex'));
}

it('follows a redirect, and refuses to follow them without end', async () => {
  const { directory, store } = await setup();
  const { url } = await serveDirectory(directory);
  const moved = await serve((request, response) =>
    response.writeHead(302, { location: `${url}${request.url}` }).end(),
  );
  expect((await store.importSource(moved)).manifest.name).toBe('sum');
  const circle = await serve((request, response) =>
    response.writeHead(302, { location: request.url ?? '/' }).end(),
  );
  await expect(store.importSource(circle)).rejects.toMatchObject({
    code: 'M604',
    details: { reason: 'more than 5 redirects' },
  });
  const local = await serve((_, response) =>
    response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  );
  await expect(store.importSource(local)).rejects.toMatchObject({ code: 'M604' });
});

it('takes over what a process that is gone had downloaded, and hashes it too', async () => {
  const { root, directory, store } = await setup();
  const { url, ranges } = await serveDirectory(directory);
  const target = await storedName(root, directory);
  const bytes = await readFile(join(directory, 'model.onnx'));
  const { pid } = spawnSync(process.execPath, ['--version']);
  await mkdir(join(root, 'store/files'), { recursive: true });
  await writeFile(`${target}.${pid}-0a.part`, bytes.subarray(0, 50));
  await writeFile(`${target}.${pid}-0b.part`, bytes.subarray(0, 20));
  await store.importSource(url);
  expect(ranges).toEqual(['bytes=50-']);
  expect(await readdir(join(root, 'store/files'))).toEqual([target.split('/').at(-1)]);

  await rm(target);
  await writeFile(`${target}.part`, Buffer.alloc(50));
  await expect(store.importSource(url)).rejects.toMatchObject({ code: 'M602' });
  await store.importSource(url);
});

it('leaves alone what a living process is downloading', async () => {
  const { root, directory, store } = await setup();
  const { url, ranges } = await serveDirectory(directory);
  const target = await storedName(root, directory);
  await mkdir(join(root, 'store/files'), { recursive: true });
  await writeFile(`${target}.${process.ppid}-0a.part`, 'theirs');
  await Promise.all([store.importSource(url), store.importSource(url)]);
  expect(ranges).not.toContainEqual(expect.stringContaining('bytes='));
  expect(await readFile(`${target}.${process.ppid}-0a.part`, 'utf8')).toBe('theirs');
});

it('refuses files that lie outside the bundle, through a link, sources.json or a package’s name', async () => {
  const { root, directory, store } = await setup();
  const outside = join(root, 'outside.onnx');
  await rename(join(directory, 'model.onnx'), outside);
  await symlink(outside, join(directory, 'model.onnx'));
  await expect(store.importSource(directory)).rejects.toMatchObject({
    code: 'M600',
    details: { reason: 'it leads out of the bundle' },
  });
  for (const source of [
    { package: '@assay/wire', path: '../../../etc/passwd' },
    { package: '..', path: 'package.json' },
    { package: '../../etc', path: 'passwd' },
  ]) {
    await writeFile(join(directory, 'sources.json'), JSON.stringify({ 'model.onnx': source }));
    await expect(store.importSource(directory)).rejects.toMatchObject({ code: 'M600' });
  }
  for (const name of ['npm:..', 'npm:@assay/wire/../../..', 'npm:../etc'])
    await expect(store.importSource(name)).rejects.toMatchObject({ code: 'M600' });
});

it('follows a link that stays inside the bundle', async () => {
  const { directory, store } = await setup();
  await mkdir(join(directory, 'blobs'));
  await rename(join(directory, 'model.onnx'), join(directory, 'blobs/0a'));
  await symlink('blobs/0a', join(directory, 'model.onnx'));
  expect((await store.importSource(directory)).manifest.name).toBe('sum');
});
