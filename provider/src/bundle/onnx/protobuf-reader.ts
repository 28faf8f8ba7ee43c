/** One field of a protobuf message: a number for varint and fixed types, bytes for the rest. */
export interface Field {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

export class ProtobufFault extends Error {
  override readonly name = 'ProtobufFault';
}

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Fields of a message in order, sub-messages as views of the same memory. Throws a ProtobufFault on damaged bytes. */
export function* readFields(message: Uint8Array): Generator<Field> {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  let offset = 0;

  function varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (offset >= message.byteLength) throw new ProtobufFault('a number is cut off');
      const byte = message[offset++] as number;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new ProtobufFault('a number has too many bytes');
  }

  function take(length: number): number {
    if (length < 0 || offset + length > message.byteLength)
      throw new ProtobufFault('a field is longer than its message');
    const start = offset;
    offset += length;
    return start;
  }

  while (offset < message.byteLength) {
    const key = varint();
    const number = Number(key >> 3n);
    const wireType = Number(key & 7n);
    if (number === 0) throw new ProtobufFault('field number 0');
    if (wireType === VARINT) yield { number, value: varint() };
    else if (wireType === FIXED64) yield { number, value: view.getBigUint64(take(8), true) };
    else if (wireType === FIXED32) yield { number, value: BigInt(view.getUint32(take(4), true)) };
    else if (wireType === BYTES) {
      const length = Number(varint());
      const start = take(length);
      yield { number, value: message.subarray(start, start + length) };
    } else throw new ProtobufFault(`wire type ${wireType}`);
  }
}

export function asBytes({ value }: Field): Uint8Array {
  if (typeof value === 'bigint') throw new ProtobufFault('a number where a message belongs');
  return value;
}

export function asText(field: Field): string {
  return Buffer.from(asBytes(field)).toString('utf8');
}

export function asNumber({ value }: Field): number {
  if (typeof value !== 'bigint') throw new ProtobufFault('a message where a number belongs');
  return Number(BigInt.asIntN(64, value));
}

/** A repeated integer field, packed or not. */
export function asNumbers(field: Field): number[] {
  if (typeof field.value === 'bigint') return [asNumber(field)];
  const packed: number[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of field.value) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (shift > 70n) throw new ProtobufFault('a number has too many bytes');
    if (byte < 0x80) {
      packed.push(Number(BigInt.asIntN(64, value)));
      value = 0n;
      shift = 0n;
    }
  }
  return packed;
}
