/** One field of a protobuf message: a number for varint and fixed types, bytes for the rest. */
export interface Field {
  readonly number: number;
  readonly wire: number;
  readonly value: bigint | Uint8Array;
}

export class ProtobufFault extends Error {
  override readonly name = 'ProtobufFault';
}

export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** Parsers keep 32 bits of a longer key, so it would name one field here and another there. */
const LARGEST_KEY = 2n ** 32n;

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
    if (key >= LARGEST_KEY) throw new ProtobufFault('a field number has too many bits');
    const number = Number(key >> 3n);
    const wire = Number(key & 7n);
    if (number === 0) throw new ProtobufFault('field number 0');
    if (wire === WIRE.varint) yield { number, wire, value: varint() };
    else if (wire === WIRE.fixed64) yield { number, wire, value: view.getBigUint64(take(8), true) };
    else if (wire === WIRE.fixed32)
      yield { number, wire, value: BigInt(view.getUint32(take(4), true)) };
    else if (wire === WIRE.bytes) {
      const length = Number(varint());
      const start = take(length);
      yield { number, wire, value: message.subarray(start, start + length) };
    } else throw new ProtobufFault(`wire type ${wire}`);
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

/** An enum or an int32. One that does not fit is refused: other parsers cut it off. */
export function asSmallNumber(field: Field): number {
  const number = asNumber(field);
  if (number < 0 || number >= 2 ** 31) throw new ProtobufFault('a number out of its range');
  return number;
}

/**
 * Adds a repeated integer field, packed or not, to `into`, which stops growing at `most` + 1 numbers: enough to see
 * that there are too many.
 */
export function appendNumbers(field: Field, into: number[], most: number): void {
  const add = (number: number): void => {
    if (into.length <= most) into.push(number);
  };
  if (typeof field.value === 'bigint') {
    add(asNumber(field));
    return;
  }
  let value = 0n;
  let shift = 0n;
  for (const byte of field.value) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (shift > 70n) throw new ProtobufFault('a number has too many bytes');
    if (byte < 0x80) {
      add(Number(BigInt.asIntN(64, value)));
      value = 0n;
      shift = 0n;
    }
  }
  if (shift > 0n) throw new ProtobufFault('a number is cut off');
}
