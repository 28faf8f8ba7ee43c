import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AssayError, type Manifest } from '@assay/wire';
import { hashFile } from './hash-file.ts';

type Role = Manifest['files'][number]['role'];

/** What a file of a model folder is for, by its name; others are left out. */
const ROLES: readonly (readonly [RegExp, Role])[] = [
  [/(^|\/)model\.onnx$/, 'model'],
  [/\.onnx$/, 'model'],
  [/\.onnx[_.]data(_\d+)?$/, 'data'],
  [/(^|\/)(tokenizer|characters)\.json$/, 'tokenizer'],
  [
    /(^|\/)(config|generation_config|tokenizer_config|preprocessor_config|special_tokens_map)\.json$/,
    'config',
  ],
  [/(^|\/)(labels|characters)\.txt$/, 'labels'],
  [/(^|\/)LICEN[CS]E(\.\w+)?$/, 'licence'],
];

/** The files of a model folder with hashes and roles. Throws M600 where not exactly one of them is the model. */
export async function collectFiles(
  directory: string,
  modelPath?: string,
): Promise<Manifest['files']> {
  const found = (await readdir(directory, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length).replace(/^\//, ''))
    .sort();
  const candidates = found.filter((path) => roleOf(path) === 'model');
  const model =
    modelPath ?? candidates.find((path) => path.endsWith('model.onnx')) ?? candidates[0];
  if (
    !model ||
    !found.includes(model) ||
    (!modelPath && candidates.length > 1 && !model.endsWith('model.onnx'))
  ) {
    throw new AssayError('M600', {
      details: { directory, candidates, model: modelPath },
      hint: 'Name the graph with --model PATH.',
    });
  }
  const kept = found.filter(
    (path) => path === model || (roleOf(path) !== 'model' && roleOf(path) !== undefined),
  );
  return Promise.all(
    kept.map(async (path) => ({
      path,
      role: path === model ? 'model' : (roleOf(path) ?? 'data'),
      ...(await hashFile(join(directory, path))),
    })),
  );
}

function roleOf(path: string): Role | undefined {
  return ROLES.find(([pattern]) => pattern.test(path))?.[1];
}
