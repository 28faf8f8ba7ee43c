import { AssayError, DATATYPE_BYTES, type Datatype } from '@assay/wire';

/** Elements as JSON has them. */
export type Elements =
  | { readonly floats: readonly number[] }
  | { readonly integers: readonly bigint[] }
  | { readonly bools: readonly boolean[] }
  | { readonly strings: readonly string[] };

/** Little-endian bytes of elements. Throws I103 where they are not of the datatype. */
export function packElements(name: string, datatype: Datatype, elements: Elements): Uint8Array {
  if ('floats' in elements) return packFloats(name, datatype, elements.floats);
  if ('integers' in elements) return packIntegers(name, datatype, elements.integers);
  if ('bools' in elements) return packBools(name, datatype, elements.bools);
  return packStrings(name, datatype, elements.strings);
}

function packFloats(name: string, datatype: Datatype, values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * DATATYPE_BYTES[datatype]));
  for (const [index, value] of values.entries()) {
    if (datatype === 'FP32') view.setFloat32(4 * index, value, true);
    else if (datatype === 'FP64') view.setFloat64(8 * index, value, true);
    else throw mismatch(name, datatype, 'floats', 'Send FP16 as base64.');
  }
  return new Uint8Array(view.buffer);
}

const INTEGERS: Partial<Record<Datatype, readonly [bits: number, signed: boolean]>> = {
  UINT8: [8, false],
  UINT16: [16, false],
  UINT32: [32, false],
  UINT64: [64, false],
  INT8: [8, true],
  INT16: [16, true],
  INT32: [32, true],
  INT64: [64, true],
};

function packIntegers(name: string, datatype: Datatype, values: readonly bigint[]): Uint8Array {
  const kind = INTEGERS[datatype];
  if (kind === undefined) throw mismatch(name, datatype, 'integers');
  const [bits, signed] = kind;
  const bytes = Buffer.alloc((values.length * bits) / 8);
  const least = signed ? -(1n << BigInt(bits - 1)) : 0n;
  const most = (1n << BigInt(signed ? bits - 1 : bits)) - 1n;
  for (const [index, value] of values.entries()) {
    if (value < least || value > most)
      throw new AssayError('I103', {
        details: { name, datatype, element: index, value: `${value}` },
      });
    writeInteger(
      bytes,
      { offset: (index * bits) / 8, length: bits / 8 },
      BigInt.asUintN(bits, value),
    );
  }
  return bytes;
}

function writeInteger(
  bytes: Buffer,
  { offset, length }: { readonly offset: number; readonly length: number },
  value: bigint,
): void {
  if (length === 8) bytes.writeBigUInt64LE(value, offset);
  else bytes.writeUIntLE(Number(value), offset, length);
}

function packBools(name: string, datatype: Datatype, values: readonly boolean[]): Uint8Array {
  if (datatype !== 'BOOL') throw mismatch(name, datatype, 'bools');
  return Uint8Array.from(values, (value) => (value ? 1 : 0));
}

function packStrings(name: string, datatype: Datatype, values: readonly string[]): Uint8Array {
  if (datatype !== 'BYTES') throw mismatch(name, datatype, 'strings');
  return Buffer.concat(
    values.flatMap((value) => {
      const text = Buffer.from(value, 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32LE(text.byteLength);
      return [length, text];
    }),
  );
}

function mismatch(name: string, datatype: Datatype, given: string, hint?: string): AssayError {
  return new AssayError('I103', {
    details: { name, datatype, given },
    ...(hint === undefined ? {} : { hint }),
  });
}
