import { ELEMENT, floats, type GraphSource, integers } from '../../bundle/onnx/write-model.ts';

/** `sum[n, 1]` of each row of `x[n, k]`. */
export function sumGraph(): GraphSource {
  return {
    inputs: [{ name: 'x', element: ELEMENT.float, shape: ['n', 'k'] }],
    outputs: [{ name: 'sum', element: ELEMENT.float, shape: ['n', 1] }],
    operations: [
      { type: 'ReduceSum', inputs: ['x', 'axis'], outputs: ['sum'], attributes: { keepdims: 1 } },
    ],
    initializers: [integers('axis', [1])],
  };
}

/** A Loop that adds 1 as often as the input says: with a large number it never ends. */
export function runawayGraph(): GraphSource {
  const body: GraphSource = {
    inputs: [
      { name: 'i', element: ELEMENT.int64, shape: [] },
      { name: 'go', element: ELEMENT.bool, shape: [] },
      { name: 'before', element: ELEMENT.float, shape: [] },
    ],
    outputs: [
      { name: 'goOn', element: ELEMENT.bool, shape: [] },
      { name: 'after', element: ELEMENT.float, shape: [] },
    ],
    operations: [
      { type: 'Identity', inputs: ['go'], outputs: ['goOn'] },
      { type: 'Add', inputs: ['before', 'one'], outputs: ['after'] },
    ],
  };
  return {
    inputs: [{ name: 'rounds', element: ELEMENT.int64, shape: [] }],
    outputs: [{ name: 'count', element: ELEMENT.float, shape: [] }],
    operations: [
      {
        type: 'Loop',
        inputs: ['rounds', '', 'zero'],
        outputs: ['count'],
        attributes: { body: { graph: body } },
      },
    ],
    initializers: [floats('zero', [], Float32Array.of(0)), floats('one', [], Float32Array.of(1))],
  };
}

/** A Loop that keeps every round's megabyte: memory grows until something stops it. */
export function hoarderGraph(): GraphSource {
  const body: GraphSource = {
    inputs: [
      { name: 'i', element: ELEMENT.int64, shape: [] },
      { name: 'go', element: ELEMENT.bool, shape: [] },
    ],
    outputs: [
      { name: 'goOn', element: ELEMENT.bool, shape: [] },
      { name: 'block', element: ELEMENT.float, shape: [262_144] },
    ],
    operations: [
      { type: 'Identity', inputs: ['go'], outputs: ['goOn'] },
      { type: 'ConstantOfShape', inputs: ['blockShape'], outputs: ['block'] },
    ],
  };
  return {
    inputs: [{ name: 'rounds', element: ELEMENT.int64, shape: [] }],
    outputs: [{ name: 'count', element: ELEMENT.int64, shape: ['n'] }],
    operations: [
      {
        type: 'Loop',
        inputs: ['rounds', 'yes'],
        outputs: ['blocks'],
        attributes: { body: { graph: body } },
      },
      { type: 'Shape', inputs: ['blocks'], outputs: ['count'] },
    ],
    initializers: [
      integers('blockShape', [262_144]),
      { name: 'yes', element: ELEMENT.bool, shape: [], data: Uint8Array.of(1) },
    ],
  };
}

/** A file of a few hundred bytes whose constants fold into gigabytes at load. */
export function constantBombGraph(): GraphSource {
  return {
    inputs: [{ name: 'x', element: ELEMENT.float, shape: [1] }],
    outputs: [{ name: 'y', element: ELEMENT.float, shape: [1] }],
    operations: [
      { type: 'ConstantOfShape', inputs: ['shape'], outputs: ['big'] },
      { type: 'Add', inputs: ['big', 'one'], outputs: ['bigger'] },
      { type: 'ReduceSum', inputs: ['bigger'], outputs: ['sum'], attributes: { keepdims: 0 } },
      { type: 'Add', inputs: ['x', 'sum'], outputs: ['y'] },
    ],
    initializers: [integers('shape', [1_000, 1_000, 1_000]), floats('one', [], Float32Array.of(1))],
  };
}

/** An input of a few bytes says how much memory the graph takes. */
export function shapeBombGraph(): GraphSource {
  return {
    inputs: [{ name: 'shape', element: ELEMENT.int64, shape: ['n'] }],
    outputs: [{ name: 'sum', element: ELEMENT.float, shape: [] }],
    operations: [
      { type: 'ConstantOfShape', inputs: ['shape'], outputs: ['big'] },
      { type: 'ReduceSum', inputs: ['big'], outputs: ['sum'], attributes: { keepdims: 0 } },
    ],
  };
}

/** A weight whose bytes lie in another file. */
export function externalGraph(location: string): GraphSource {
  return {
    inputs: [{ name: 'x', element: ELEMENT.uint8, shape: [4] }],
    outputs: [{ name: 'y', element: ELEMENT.uint8, shape: [4] }],
    operations: [{ type: 'Max', inputs: ['secret', 'secret'], outputs: ['y'] }],
    initializers: [
      {
        name: 'secret',
        element: ELEMENT.uint8,
        shape: [4],
        data: { location, offset: 0, length: 4 },
      },
    ],
  };
}

/** An operator no runtime knows. */
export function strangeGraph(): GraphSource {
  return {
    inputs: [{ name: 'x', element: ELEMENT.float, shape: [1] }],
    outputs: [{ name: 'y', element: ELEMENT.float, shape: [1] }],
    operations: [{ type: 'Summon', inputs: ['x'], outputs: ['y'], domain: 'com.example' }],
  };
}

/** If within If within If …, `depth` times. */
export function nestedGraph(depth: number): GraphSource {
  const leaf: GraphSource = {
    inputs: [],
    outputs: [{ name: 'r', element: ELEMENT.float, shape: [1] }],
    operations: [{ type: 'Identity', inputs: ['x'], outputs: ['r'] }],
  };
  let inner = leaf;
  for (let level = 0; level < depth; level++) {
    inner = {
      ...leaf,
      operations: [
        {
          type: 'If',
          inputs: ['go'],
          outputs: ['r'],
          attributes: { then_branch: { graph: inner }, else_branch: { graph: leaf } },
        },
      ],
    };
  }
  return {
    inputs: [
      { name: 'x', element: ELEMENT.float, shape: [1] },
      { name: 'go', element: ELEMENT.bool, shape: [] },
    ],
    outputs: [{ name: 'r', element: ELEMENT.float, shape: [1] }],
    operations: inner.operations,
  };
}
