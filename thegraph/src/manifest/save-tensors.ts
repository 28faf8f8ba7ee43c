import { Bytes, JSONValue, JSONValueKind } from '@graphprotocol/graph-ts';
import { Model, TensorSpec } from '../../generated/schema';
import { digitsOf, fieldsOf, textOf } from './fields';

/** Outputs are counted from here, so that no input shares an id with them. */
const FIRST_OUTPUT: i32 = 0x10000;

/** Saves the tensors that can be read; false if one could not. */
export function saveInputs(model: Model, specs: JSONValue[]): boolean {
  let allRead = true;
  for (let i = 0; i < specs.length; i++) {
    const tensor = readTensor(model.id.concatI32(i), specs[i]);
    if (tensor == null) {
      allRead = false;
      continue;
    }
    tensor.inputOf = model.id;
    tensor.position = i;
    tensor.save();
  }
  return allRead;
}

export function saveOutputs(model: Model, specs: JSONValue[]): boolean {
  let allRead = true;
  for (let i = 0; i < specs.length; i++) {
    const tensor = readTensor(model.id.concatI32(FIRST_OUTPUT + i), specs[i]);
    if (tensor == null) {
      allRead = false;
      continue;
    }
    tensor.outputOf = model.id;
    tensor.position = i;
    tensor.save();
  }
  return allRead;
}

function readTensor(id: Bytes, spec: JSONValue): TensorSpec | null {
  const fields = fieldsOf(spec);
  if (fields == null) return null;
  const name = textOf(fields.get('name'));
  const datatype = textOf(fields.get('datatype'));
  const shape = shapeOf(fields.get('shape'));
  if (name === null || datatype === null || shape === null) return null;
  const tensor = new TensorSpec(id);
  tensor.name = name as string;
  tensor.datatype = datatype as string;
  tensor.shape = shape as i32[];
  return tensor;
}

function shapeOf(value: JSONValue | null): i32[] | null {
  if (value == null || value.kind != JSONValueKind.ARRAY) return null;
  const dimensions = value.toArray();
  const shape: i32[] = [];
  for (let i = 0; i < dimensions.length; i++) {
    const digits = digitsOf(dimensions[i]);
    if (digits === null) return null;
    const dimension = I64.parseInt(digits as string);
    if (dimension < -1 || dimension > i32.MAX_VALUE) return null;
    shape.push(dimension as i32);
  }
  return shape;
}
