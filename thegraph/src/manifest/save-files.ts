import { BigInt, Bytes, JSONValue } from '@graphprotocol/graph-ts';
import { Model, ModelFile } from '../../generated/schema';
import { digitsOf, fieldsOf, textOf } from './fields';

/** Saves the files that can be read; false if one could not. */
export function saveFiles(model: Model, specs: JSONValue[]): boolean {
  let allRead = true;
  for (let i = 0; i < specs.length; i++) {
    const file = readFile(model.id.concatI32(i), specs[i]);
    if (file == null) {
      allRead = false;
      continue;
    }
    file.model = model.id;
    file.position = i;
    file.save();
  }
  return allRead;
}

function readFile(id: Bytes, spec: JSONValue): ModelFile | null {
  const fields = fieldsOf(spec);
  if (fields == null) return null;
  const path = textOf(fields.get('path'));
  const role = textOf(fields.get('role'));
  const sha256 = textOf(fields.get('sha256'));
  const bytes = digitsOf(fields.get('bytes'));
  if (path === null || role === null || sha256 === null || bytes === null) return null;
  if (!isHash(sha256 as string)) return null;
  const file = new ModelFile(id);
  file.path = path as string;
  file.role = role as string;
  file.sha256 = Bytes.fromHexString(sha256 as string);
  file.bytes = BigInt.fromString(bytes as string);
  return file;
}

/** 0x and 64 hex digits; `fromHexString` would end the subgraph on anything else. */
function isHash(text: string): boolean {
  if (text.length != 66 || !text.startsWith('0x')) return false;
  for (let i = 2; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const digit = code >= 0x30 && code <= 0x39;
    const letter = (code >= 0x61 && code <= 0x66) || (code >= 0x41 && code <= 0x46);
    if (!digit && !letter) return false;
  }
  return true;
}
