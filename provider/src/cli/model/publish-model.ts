import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  type Address,
  AssayError,
  deploymentSchema,
  execClassId,
  type Hex,
  manifestBytes,
  manifestHash,
  modelIdOf,
  parseManifest,
} from '@assay/wire';
import { checkBundle } from '../../bundle/check-bundle.ts';
import { hashFile } from '../../bundle/hash-file.ts';
import { uploadBundle } from '../../bundle/upload-bundle.ts';
import { modelsAbi } from '../../chain/abi.ts';
import { createChain } from '../../chain/chain.ts';
import { createSender } from '../../chain/sender.ts';
import { openKey } from '../../keys/open-key.ts';
import { shellWord } from '../shell-word.ts';
import { createProgress } from './progress.ts';
import { readHeaders } from './read-headers.ts';

export interface PublishOptions {
  readonly rpc: string;
  readonly deployment: string;
  readonly key: string;
  readonly upload?: string;
  readonly uploadHeaders?: string;
  readonly uri?: string;
  readonly royaltyPpm: number;
  readonly previous?: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Uploads first, registers last: what is on chain can be fetched. Publishing the same manifest again is no error. */
export async function publishModel(folder: string, options: PublishOptions): Promise<void> {
  const directory = resolve(folder);
  const manifest = parseManifest(await readFile(join(directory, 'manifest.json')));
  await checkFiles(directory, manifest.files);
  const refused = (await checkBundle(manifest, directory)).filter(
    ({ severity }) => severity === 'refuse',
  );
  if (refused.length > 0)
    throw new AssayError('M603', {
      details: { refused: refused.map(({ rule, detail }) => `${rule}: ${detail}`) },
    });
  if (manifest.classes.length === 0) {
    throw new AssayError('M600', {
      details: { reason: 'the manifest names no execution class' },
      hint: `Run \`assay-model check ${shellWord(folder)} --write\`.`,
    });
  }
  const hash = manifestHash(manifest);
  const uri = options.upload ? await upload(directory, hash, options) : options.uri;
  if (uri === undefined)
    throw new AssayError('M604', {
      details: { reason: 'nobody would find the files' },
      hint: 'Give --upload or --uri.',
    });
  await register(hash, manifestBytes(manifest), manifest.classes, { ...options, uri });
}

async function checkFiles(
  directory: string,
  files: readonly { path: string; sha256: string; bytes: number }[],
): Promise<void> {
  for (const { path, sha256, bytes } of files) {
    const found = await hashFile(join(directory, path)).catch((cause: unknown) => {
      throw new AssayError('M604', {
        cause,
        details: { file: path },
        hint: 'Publish from a folder that holds the files themselves.',
      });
    });
    if (found.sha256 !== sha256 || found.bytes !== bytes)
      throw new AssayError('M602', {
        details: { file: path, expected: sha256, got: found.sha256 },
      });
  }
}

async function upload(
  directory: string,
  hash: Hex,
  { upload: base = '', uploadHeaders }: PublishOptions,
): Promise<string> {
  const headers = uploadHeaders === undefined ? {} : await readHeaders(uploadHeaders);
  const bar = createProgress('uploading');
  const uri = await uploadBundle({
    directory,
    headers,
    base: `${base.replace(/\/$/, '')}/${hash.slice(2)}`,
    onProgress: bar.update,
  });
  bar.end();
  console.log(`files at ${uri}`);
  return uri;
}

interface Registration extends PublishOptions {
  readonly uri: string;
}

async function register(
  hash: Hex,
  bytes: Uint8Array,
  classes: readonly { name: string; scale: number; tolerance: number }[],
  options: Registration,
): Promise<void> {
  const { contracts, chainId } = deploymentSchema.parse(
    JSON.parse(await readFile(options.deployment, 'utf8')),
  );
  const chain = createChain({
    rpcUrls: [options.rpc],
    chainId: Number(chainId),
    timeoutMs: 15_000,
  });
  try {
    const sender = createSender({
      chain,
      privateKey: await openKey(await keyAt(options.key), options.environment),
      pollMs: 500,
    });
    const modelId = modelIdOf(sender.address, hash);
    const to = contracts.ModelRegistry as Address;
    const publisher = String(
      await chain.call({ to, abi: modelsAbi, name: 'publisherOf', args: [modelId] }),
    );
    if (!/^0x0+$/.test(publisher)) return console.log(`registered already: model ${modelId}`);
    const list = classes.map(({ name, scale, tolerance }) => [execClassId(name), scale, tolerance]);
    const args = [bytes, hash, list, options.royaltyPpm, options.uri];
    const sent = options.previous
      ? await sender.send({
          to,
          abi: modelsAbi,
          name: 'newVersion',
          args: [options.previous, ...args],
        })
      : await sender.send({ to, abi: modelsAbi, name: 'register', args });
    console.log(`model ${modelId}\n  transaction ${sent.hash}, ${sent.gasUsed} gas`);
  } finally {
    chain.close();
  }
}

async function keyAt(file: string) {
  const isKeystore = (await readFile(file, 'utf8').catch(() => '')).trimStart().startsWith('{');
  return isKeystore ? { keystoreFile: file } : { privateKeyFile: file };
}
