import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseManifest } from '@assay/wire';
import { expect, it, onTestFinished, vi } from 'vitest';
import { buildTinyDecoder } from '../../../models/tiny-decoder/build.ts';
import { readBundleGraph } from '../../bundle/check-bundle.ts';
import { writeModel } from '../../bundle/onnx/write-model.ts';
import { uploadBundle } from '../../bundle/upload-bundle.ts';
import { externalGraph, sumGraph } from '../../supervisor/slots/graph-fixtures.ts';
import { buildModelProgram } from './program.ts';
import { readHeaders } from './read-headers.ts';

async function setup() {
  const folder = join(await mkdtemp(join(tmpdir(), 'assay-model-')), 'My Model');
  await mkdir(folder);
  onTestFinished(() => rm(join(folder, '..'), { recursive: true, force: true }));
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  onTestFinished(() => void vi.restoreAllMocks());
  const run = (...args: string[]) =>
    buildModelProgram({ argv: [], environment: {}, cwd: '/' }).parseAsync([
      'node',
      'assay-model',
      ...args,
    ]);
  const manifest = async () => parseManifest(await readFile(join(folder, 'manifest.json')));
  return { folder, lines, run, manifest };
}

it('import reads everything it can off the ONNX file', async () => {
  const { folder, run, manifest } = await setup();
  await writeFile(join(folder, 'model.onnx'), writeModel(sumGraph()));
  await run('import', folder, '--licence', 'MIT');
  expect(await manifest()).toMatchObject({
    name: 'my-model',
    task: 'tensor',
    unit: 'request',
    opset: 17,
    ops: ['ai.onnx:ReduceSum'],
    batchAxis: 0,
    inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, -1] }],
    outputs: [{ name: 'sum', datatype: 'FP32', shape: [-1, 1] }],
  });
  await expect(run('import', folder, '--licence', 'MIT')).rejects.toMatchObject({
    code: 'M600',
    details: { reason: 'exists already' },
  });
});

it('check refuses a model with more outputs than a job carries', async () => {
  const { folder, lines, run } = await setup();
  const graph = sumGraph();
  const [operation] = graph.operations;
  const [output] = graph.outputs;
  if (operation === undefined || output === undefined) throw new Error('an empty graph');
  const names = Array.from({ length: 17 }, (_, index) => `sum${index}`);
  const wide = {
    ...graph,
    operations: names.map((name) => ({ ...operation, outputs: [name] })),
    outputs: names.map((name) => ({ ...output, name })),
  };
  await writeFile(join(folder, 'model.onnx'), writeModel(wide));
  await run('import', folder, '--licence', 'MIT');
  await run('check', folder).catch(() => undefined);
  expect(lines.join('\n')).toContain('17 outputs, of which a job carries 16 at most');
});

it('import recognises a decoder folder', async () => {
  const { folder, run, manifest } = await setup();
  await buildTinyDecoder(folder);
  await run('import', folder, '--licence', 'Apache-2.0', '--name', 'tiny');
  const { task, unit, files } = await manifest();
  expect({ task, unit }).toEqual({ task: 'text-generation', unit: 'token' });
  expect(files.map(({ path, role }) => [path, role])).toEqual([
    ['config.json', 'config'],
    ['onnx/model.onnx', 'model'],
    ['tokenizer.json', 'tokenizer'],
    ['tokenizer_config.json', 'config'],
  ]);
});

it('import refuses a graph that reaches for other files, and writes nothing', async () => {
  const { folder, run, manifest } = await setup();
  await writeFile(join(folder, 'model.onnx'), writeModel(externalGraph('/etc/passwd')));
  await expect(run('import', folder, '--licence', 'MIT')).rejects.toMatchObject({
    code: 'M603',
    details: { refused: [expect.stringContaining('/etc/passwd')] },
  });
  await expect(manifest()).rejects.toThrow();
});

it('import refuses a graph whose name makes the runtime read it as another format', async () => {
  const { folder, run } = await setup();
  await writeFile(join(folder, 'model.ort'), writeModel(sumGraph()));
  await expect(
    run('import', folder, '--licence', 'MIT', '--model', 'model.ort'),
  ).rejects.toMatchObject({ code: 'M603', details: { file: 'model.ort' } });
});

it('import says of a graph over 2 GiB that it is too large', async () => {
  const { folder } = await setup();
  const path = join(folder, 'model.onnx');
  await writeFile(path, '');
  // Sparse: takes no space on the disk.
  await truncate(path, 2 ** 31);
  const files = [{ path: 'model.onnx', role: 'model' as const, sha256: '0x', bytes: 2 ** 31 }];
  await expect(readBundleGraph({ files }, folder)).rejects.toMatchObject({
    code: 'M603',
    details: { reason: expect.stringContaining('2147483647 bytes') },
  });
});

it('check finds a file that is no longer the manifest’s', async () => {
  const { folder, run } = await setup();
  await writeFile(join(folder, 'model.onnx'), writeModel(sumGraph()));
  await run('import', folder, '--licence', 'MIT');
  await run('check', folder, '--no-calibrate');
  await writeFile(join(folder, 'model.onnx'), writeModel(sumGraph(), { opset: 18 }));
  await expect(run('check', folder, '--no-calibrate')).rejects.toMatchObject({ code: 'M602' });
});

it('check measures a tolerance and writes the class of this machine', async () => {
  const { folder, run, manifest } = await setup();
  await writeFile(join(folder, 'model.onnx'), writeModel(sumGraph()));
  await run('import', folder, '--licence', 'MIT');
  await run('check', folder, '--samples', '1', '--write');
  const [measured] = (await manifest()).classes;
  expect(measured?.name).toMatch(/^onnxruntime-1\.30\.0\/cpu\/.+\/all$/);
  expect(measured?.tolerance).toBeGreaterThan(0);
}, 120_000);

it('uploads files and manifest where they can be fetched again', async () => {
  const { folder, run } = await setup();
  await writeFile(join(folder, 'model.onnx'), writeModel(sumGraph()));
  await run('import', folder, '--licence', 'MIT');
  const received = new Map<string, Buffer>();
  const tokens = new Set<string | undefined>();
  const server = createServer(async (request, response) => {
    tokens.add(request.headers.authorization);
    received.set(request.url ?? '', await bodyOf(request));
    response.writeHead(201).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/models/1`;
  const file = join(folder, '..', 'headers.txt');
  await writeFile(file, 'Authorization: Bearer of a token\n\nx-store:  blob \n');
  const headers = await readHeaders(file);
  expect(headers).toEqual({ authorization: 'Bearer of a token', 'x-store': 'blob' });
  expect(await uploadBundle({ directory: folder, base, headers })).toBe(base);
  expect([...tokens]).toEqual(['Bearer of a token']);
  expect([...received.keys()]).toEqual(['/models/1/model.onnx', '/models/1/manifest.json']);
  expect(received.get('/models/1/model.onnx')).toEqual(await readFile(join(folder, 'model.onnx')));
});

it('names the line of a header file that is no header, not what is in it', async () => {
  const { folder } = await setup();
  const file = join(folder, 'headers.txt');
  await writeFile(file, 'x: y\nsecret-without-a-name\n');
  const error = await readHeaders(file).catch((fault: unknown) => fault);
  expect(error).toMatchObject({ code: 'M600', details: { line: 2 } });
  expect(JSON.stringify(error)).not.toContain('secret-without');
});

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}
