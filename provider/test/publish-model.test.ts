import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  execClassId,
  lowerAddress,
  manifestHash,
  modelIdOf,
  modelRegistryAbi,
  parseManifest,
} from '@assay/wire';
import { Contract, Wallet } from 'ethers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { buildModelProgram } from '../src/cli/model/program.ts';
import { accountKey, startRealChain } from './real-chain.ts';

const MODEL = join(import.meta.dirname, '../models/char-lm/1');

async function setup() {
  const chain = await startRealChain();
  onTestFinished(chain.stop);
  const directory = await mkdtemp(join(tmpdir(), 'assay-publish-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const [deployment, key] = [join(directory, 'deployment.json'), join(directory, 'publisher.key')];
  await writeFile(deployment, JSON.stringify(chain.deployment));
  await writeFile(key, accountKey(3), { mode: 0o600 });
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  onTestFinished(() => void vi.restoreAllMocks());
  const publish = (...more: string[]) =>
    buildModelProgram({ argv: [], environment: {}, cwd: '/' }).parseAsync([
      'node',
      'assay-model',
      'publish',
      MODEL,
      '--rpc',
      chain.url,
      '--deployment',
      deployment,
      '--key',
      key,
      ...more,
    ]);
  const registry = new Contract(
    chain.deployment.contracts.ModelRegistry,
    modelRegistryAbi as never,
    chain.rpc,
  );
  return { publish, registry, lines };
}

test('assay-model publish registers the manifest, its classes and its royalty, once', async () => {
  const { publish, registry, lines } = await setup();
  const manifest = parseManifest(await readFile(join(MODEL, 'manifest.json')));
  const publisher = lowerAddress(new Wallet(accountKey(3)).address);
  const modelId = modelIdOf(publisher, manifestHash(manifest));

  await expect(publish()).rejects.toMatchObject({ code: 'M604', hint: 'Give --upload or --uri.' });
  await publish('--uri', 'npm:@assay/provider/models/char-lm/1', '--royalty-ppm', '20000');
  expect(lines.join('\n')).toContain(modelId);
  expect(lowerAddress(await registry.getFunction('publisherOf')(modelId))).toBe(publisher);
  const [measured] = manifest.classes;
  expect(await registry.getFunction('classOf')(modelId, execClassId(measured?.name ?? ''))).toEqual(
    [BigInt(measured?.scale ?? 0), BigInt(measured?.tolerance ?? 0)],
  );

  await publish('--uri', 'npm:@assay/provider/models/char-lm/1');
  expect(lines.at(-1)).toBe(`registered already: model ${modelId}`);
}, 120_000);
