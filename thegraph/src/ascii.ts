import { Bytes } from '@graphprotocol/graph-ts';

/** The name in a left-aligned bytes32: printable ASCII up to the first zero; anything else reads as "?". */
export function asciiOf(bytes: Bytes): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) {
    const code = bytes[i];
    if (code == 0) break;
    text += code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '?';
  }
  return text;
}
