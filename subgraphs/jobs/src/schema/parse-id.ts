import { AssayError, type Hex } from '@assay/wire';

/** A 32-byte id in lower case. Throws I100 naming the field. */
export function parseId(field: string, id: string): Hex {
  if (/^0x[0-9a-fA-F]{64}$/.test(id)) return id.toLowerCase() as Hex;
  throw new AssayError('I100', {
    details: { field, given: id.slice(0, 80) },
    hint: 'An id is 0x and 64 hex digits.',
  });
}
