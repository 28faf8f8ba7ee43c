import { manifestSchema } from '@assay/wire';
import { z } from 'zod';

/** The manifest as JSON Schema, for editors and other languages; `provider/models/manifest.schema.json` is this text. */
export function manifestJsonSchema(): string {
  const schema = z.toJSONSchema(manifestSchema, { io: 'input', target: 'draft-2020-12' });
  return JSON.stringify({ title: 'Assay model manifest', ...schema }, null, 2);
}
