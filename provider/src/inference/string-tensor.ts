/** Elements of a BYTES tensor: each has a little-endian uint32 length in front. */
export function packStrings(strings: readonly string[]): Uint8Array {
  const parts = strings.map((text) => Buffer.from(text, 'utf8'));
  const packed = Buffer.alloc(parts.reduce((sum, part) => sum + 4 + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    offset = packed.writeUInt32LE(part.byteLength, offset);
    offset += part.copy(packed, offset);
  }
  return packed;
}

/** Throws a RangeError where a length points past the end. */
export function unpackStrings(data: Uint8Array): string[] {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const strings: string[] = [];
  for (let offset = 0; offset < bytes.byteLength; ) {
    const length = bytes.readUInt32LE(offset);
    if (offset + 4 + length > bytes.byteLength)
      throw new RangeError('BYTES element longer than its tensor');
    strings.push(bytes.toString('utf8', offset + 4, offset + 4 + length));
    offset += 4 + length;
  }
  return strings;
}
