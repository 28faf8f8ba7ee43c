import { JSONValue, JSONValueKind, TypedMap } from '@graphprotocol/graph-ts';

/**
 * Untrusted JSON. Every reader answers something for every kind of value: the `toX()` methods of
 * JSONValue end the whole subgraph when the kind, or the form of a number, is another one.
 */
export type Fields = TypedMap<string, JSONValue>;

export function fieldsOf(value: JSONValue | null): Fields | null {
  if (value == null || value.kind != JSONValueKind.OBJECT) return null;
  return value.toObject();
}

export function listOf(value: JSONValue | null): JSONValue[] {
  if (value == null || value.kind != JSONValueKind.ARRAY) return [];
  return value.toArray();
}

/** Null if it is missing or no string. */
export function textOf(value: JSONValue | null): string | null {
  if (value == null || value.kind != JSONValueKind.STRING) return null;
  return value.toString();
}

/** The digits of a whole number that fits 63 bits, with a sign; null for any other value. */
export function digitsOf(value: JSONValue | null): string | null {
  if (value == null || value.kind != JSONValueKind.NUMBER) return null;
  const digits = changetype<string>(value.data as u32);
  if (digits.length == 0 || digits.length > 19) return null;
  for (let i = 0; i < digits.length; i++) {
    const code = digits.charCodeAt(i);
    const sign = i == 0 && code == 0x2d && digits.length > 1;
    if (!sign && (code < 0x30 || code > 0x39)) return null;
  }
  return digits;
}
