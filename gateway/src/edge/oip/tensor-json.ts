import {
  AssayError,
  DATATYPE_BYTES,
  type Datatype,
  elementCount,
  type Tensor,
  tensorFault,
} from '@assay/wire';

type View = {
  readonly write: (view: DataView, offset: number, value: number | bigint) => void;
  readonly read: (view: DataView, offset: number) => number | bigint | boolean;
};

const INTEGER_VIEWS = {
  BOOL: { write: (v, o, x) => v.setUint8(o, Number(x)), read: (v, o) => v.getUint8(o) !== 0 },
  UINT8: { write: (v, o, x) => v.setUint8(o, Number(x)), read: (v, o) => v.getUint8(o) },
  UINT16: {
    write: (v, o, x) => v.setUint16(o, Number(x), true),
    read: (v, o) => v.getUint16(o, true),
  },
  UINT32: {
    write: (v, o, x) => v.setUint32(o, Number(x), true),
    read: (v, o) => v.getUint32(o, true),
  },
  UINT64: {
    write: (v, o, x) => v.setBigUint64(o, BigInt(x), true),
    read: (v, o) => v.getBigUint64(o, true),
  },
  INT8: { write: (v, o, x) => v.setInt8(o, Number(x)), read: (v, o) => v.getInt8(o) },
  INT16: {
    write: (v, o, x) => v.setInt16(o, Number(x), true),
    read: (v, o) => v.getInt16(o, true),
  },
  INT32: {
    write: (v, o, x) => v.setInt32(o, Number(x), true),
    read: (v, o) => v.getInt32(o, true),
  },
  INT64: {
    write: (v, o, x) => v.setBigInt64(o, BigInt(x), true),
    read: (v, o) => v.getBigInt64(o, true),
  },
} satisfies Partial<Record<Datatype, View>>;
const FLOAT_VIEWS = {
  FP32: {
    write: (v, o, x) => v.setFloat32(o, Number(x), true),
    read: (v, o) => v.getFloat32(o, true),
  },
  FP64: {
    write: (v, o, x) => v.setFloat64(o, Number(x), true),
    read: (v, o) => v.getFloat64(o, true),
  },
} satisfies Partial<Record<Datatype, View>>;
const VIEWS: Readonly<Partial<Record<Datatype, View>>> = { ...INTEGER_VIEWS, ...FLOAT_VIEWS };

interface Header {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
}

/** A tensor from the protocol's JSON data: flat or nested, row-major. Throws I103 saying what does not fit. */
export function tensorFromJson(header: Header, data: unknown): Tensor {
  const values = (Array.isArray(data) ? data.flat(Number.POSITIVE_INFINITY) : [data]) as unknown[];
  const wanted = elementCount(header.shape);
  if (values.length !== wanted) {
    throw malformed(header, `has ${values.length} elements where its shape needs ${wanted}`);
  }
  const bytes =
    header.datatype === 'BYTES' ? packStrings(header, values) : packNumbers(header, values);
  const tensor = { ...header, data: bytes };
  const fault = tensorFault(tensor);
  if (fault !== undefined) throw malformed(header, fault);
  return tensor;
}

function packNumbers(header: Header, values: readonly unknown[]): Uint8Array {
  const view = viewOf(header);
  const size = DATATYPE_BYTES[header.datatype];
  const bytes = new Uint8Array(values.length * size);
  const target = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) {
    view.write(target, index * size, checked(header, value));
    // A value that reads back differently was out of range or had a fraction.
    if (
      header.datatype in INTEGER_VIEWS &&
      Number(view.read(target, index * size)) !== Number(value)
    ) {
      throw malformed(header, `cannot hold ${String(value).slice(0, 40)}`);
    }
  }
  return bytes;
}

function checked(header: Header, value: unknown): number {
  if (header.datatype === 'BOOL' && typeof value === 'boolean') return Number(value);
  if (typeof value !== 'number') throw malformed(header, `has a ${typeof value} among its data`);
  const isWide = header.datatype === 'INT64' || header.datatype === 'UINT64';
  if (isWide && !Number.isSafeInteger(value)) {
    throw malformed(header, 'has an integer that JSON cannot carry exactly: send binary data');
  }
  return value;
}

function packStrings(header: Header, values: readonly unknown[]): Uint8Array {
  const parts = values.flatMap((value) => {
    if (typeof value !== 'string') throw malformed(header, 'must hold strings');
    const text = Buffer.from(value, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32LE(text.byteLength);
    return [length, text];
  });
  return Buffer.concat(parts);
}

/** The protocol's JSON data of a tensor: flat, row-major. */
export function tensorToJson(tensor: Tensor): unknown[] {
  const { data, datatype, shape } = tensor;
  const source = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (datatype === 'BYTES') return unpackStrings(source);
  const view = viewOf(tensor);
  const size = DATATYPE_BYTES[datatype];
  return Array.from({ length: elementCount(shape) }, (_, index) =>
    exact(view.read(source, index * size)),
  );
}

/** JSON numbers beyond 2^53 keep all their digits. */
function exact(value: number | bigint | boolean): unknown {
  if (typeof value !== 'bigint') return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : rawJson(value.toString());
}

function rawJson(text: string): unknown {
  const { rawJSON } = JSON as unknown as { rawJSON(json: string): unknown };
  return rawJSON(text);
}

function unpackStrings(view: DataView): string[] {
  const strings: string[] = [];
  for (let offset = 0; offset < view.byteLength; ) {
    const length = view.getUint32(offset, true);
    strings.push(Buffer.from(view.buffer, view.byteOffset + offset + 4, length).toString('utf8'));
    offset += 4 + length;
  }
  return strings;
}

function viewOf(header: Header): View {
  const view = VIEWS[header.datatype];
  if (view === undefined)
    throw malformed(header, `of ${header.datatype} travels as binary data only`);
  return view;
}

function malformed({ name }: Header, reason: string): AssayError {
  return new AssayError('I103', { details: { tensor: name, reason: `tensor ${name} ${reason}` } });
}
