import type { Hex, Manifest } from '@assay/wire';
import type { Journal } from '../store/journal.ts';

const KEEP = `INSERT INTO models (model_id, name, version) VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET name = excluded.name, version = excluded.version`;

/** Keeps what a model's manifest calls it: reports name it by that long after it was served. */
export async function rememberModel(
  journal: Journal,
  { modelId, manifest: { name, version } }: { readonly modelId: Hex; readonly manifest: Manifest },
): Promise<void> {
  await journal.write(() => journal.sql(KEEP).run(modelId, name, version));
}
