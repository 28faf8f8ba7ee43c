import { access, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { AssayError, type Manifest, manifestHash } from '@assay/wire';
import { readBundleGraph } from '../../bundle/check-bundle.ts';
import { collectFiles } from '../../bundle/collect-files.ts';
import { draftManifest } from '../../bundle/draft-manifest.ts';
import { scanGraph } from '../../bundle/scan-graph.ts';
import { shellWord } from '../shell-word.ts';
import { printFindings } from './print-findings.ts';

interface ImportOptions {
  readonly licence: string;
  readonly name?: string;
  readonly modelVersion: string;
  readonly model?: string;
  readonly description?: string;
  readonly task?: Manifest['task'];
  readonly force: boolean;
}

/** Reads the graph, refuses what is dangerous, writes manifest.json; answers what to do next. Throws M600 or M603. */
export async function importModel(folder: string, options: ImportOptions): Promise<string> {
  const directory = resolve(folder);
  const target = join(directory, 'manifest.json');
  const exists = await access(target).then(
    () => true,
    () => false,
  );
  if (exists && !options.force) {
    throw new AssayError('M600', {
      details: { file: target, reason: 'exists already' },
      hint: 'Use --force to write it anew.',
    });
  }
  const files = await collectFiles(directory, options.model);
  const model = await readBundleGraph({ files }, directory);
  const manifest = draftManifest({
    ...options,
    model,
    files,
    name: options.name ?? nameOf(directory),
    version: options.modelVersion,
  });
  const findings = scanGraph(model, manifest);
  printFindings(findings);
  const refused = findings.filter(({ severity }) => severity === 'refuse');
  if (refused.length > 0)
    throw new AssayError('M603', {
      details: { refused: refused.map(({ rule, detail }) => `${rule}: ${detail}`) },
    });
  await writeFile(target, `${JSON.stringify(manifest, null, 2)}\n`);
  console.log(
    `${target}\n  task ${manifest.task}, ${files.length} file(s), opset ${manifest.opset}, ${manifest.ops.length} operators`,
  );
  console.log(`  manifest ${manifestHash(manifest)}`);
  return `  next: \`assay-model check ${shellWord(folder)} --write\``;
}

function nameOf(directory: string): string {
  return basename(directory)
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '');
}
