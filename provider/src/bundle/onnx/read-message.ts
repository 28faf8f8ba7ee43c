import type { MessageShape } from './message-shapes.ts';
import { type Field, ProtobufFault, readFields } from './protobuf-reader.ts';

/**
 * Fields of a message of a known shape. Protobuf merges a sub-message that comes twice, takes the last of other
 * repetitions, skips what it does not know or what has another wire type: wherever two readers might differ, this one
 * throws a ProtobufFault.
 */
export function* readMessage(bytes: Uint8Array, shape: MessageShape): Generator<Field> {
  const seen = new Map<string | number, number>();
  for (const field of readFields(bytes)) {
    const { number, wire } = field;
    const known = shape.fields[number];
    if (!known) throw new ProtobufFault(`the ${shape.name} has an unknown field ${number}`);
    if (!known.wires.includes(wire))
      throw new ProtobufFault(`field ${number} of the ${shape.name} has wire type ${wire}`);
    const before = seen.get(known.choice ?? number);
    if (before !== undefined && (before !== number || !known.repeated))
      throw new ProtobufFault(
        `the ${shape.name} has ${known.choice ?? `field ${number}`} more than once`,
      );
    seen.set(known.choice ?? number, number);
    yield field;
  }
}
