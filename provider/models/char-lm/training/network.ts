import {
  ELEMENT,
  floats,
  type GraphSource,
  integers,
  type OperationSource,
  type TensorSource,
  type ValueSource,
} from '../../../src/bundle/onnx/write-model.ts';

/** A neural language model over a window of characters: embedding, two hidden layers, softmax. */
export const SHAPE = { window: 32, embedding: 16, hidden1: 256, hidden2: 192 } as const;

export interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
}

export function weightsOf(vocabulary: number): Weight[] {
  const { window, embedding, hidden1, hidden2 } = SHAPE;
  return [
    { name: 'embedding', shape: [vocabulary, embedding] },
    { name: 'w1', shape: [window * embedding, hidden1] },
    { name: 'b1', shape: [hidden1] },
    { name: 'w2', shape: [hidden1, hidden2] },
    { name: 'b2', shape: [hidden2] },
    { name: 'w3', shape: [hidden2, vocabulary] },
    { name: 'b3', shape: [vocabulary] },
  ];
}

const operation = (
  type: string,
  inputs: string[],
  output: string,
  attributes: OperationSource['attributes'] = {},
): OperationSource => ({ type, inputs, outputs: [output], attributes });

const FORWARD: readonly OperationSource[] = [
  operation('Gather', ['embedding', 'tokens'], 'embedded'),
  operation('Reshape', ['embedded', 'flatShape'], 'x'),
  operation('Gemm', ['x', 'w1', 'b1'], 'z1'),
  operation('Relu', ['z1'], 'h1'),
  operation('Gemm', ['h1', 'w2', 'b2'], 'z2'),
  operation('Relu', ['z2'], 'h2'),
  operation('Gemm', ['h2', 'w3', 'b3'], 'logits'),
];

const flatShape = integers('flatShape', [-1, SHAPE.window * SHAPE.embedding]);
const tokens: ValueSource = {
  name: 'tokens',
  element: ELEMENT.int64,
  shape: ['batch', SHAPE.window],
};

/** The graph that is shipped. */
export function inferenceGraph(vocabulary: number, weights: readonly TensorSource[]): GraphSource {
  return {
    inputs: [tokens],
    outputs: [{ name: 'logits', element: ELEMENT.float, shape: ['batch', vocabulary] }],
    operations: FORWARD,
    initializers: [...weights, flatShape],
  };
}

/** Loss, gradients by hand, and one step of Adam; weights and moments go in and come out as `name'`. */
export function trainingGraph(vocabulary: number): GraphSource {
  const weights = weightsOf(vocabulary);
  const state = weights.flatMap(({ name, shape }) =>
    ['', 'm.', 'v.'].map((kind) => ({ name: kind + name, element: ELEMENT.float, shape })),
  );
  return {
    inputs: [
      tokens,
      { name: 'targets', element: ELEMENT.int64, shape: ['batch'] },
      { name: 'rate', element: ELEMENT.float, shape: [] },
      ...state,
    ],
    outputs: [
      { name: 'loss', element: ELEMENT.float, shape: [] },
      ...state.map((value) => ({ ...value, name: `${value.name}'` })),
    ],
    operations: [...FORWARD, ...lossAndGradients(), ...weights.flatMap(({ name }) => adam(name))],
    initializers: constants(vocabulary),
  };
}

function lossAndGradients(): OperationSource[] {
  return [
    operation('LogSoftmax', ['logits'], 'logP', { axis: 1 }),
    operation('Exp', ['logP'], 'p'),
    operation('OneHot', ['targets', 'vocabulary', 'offOn'], 'wanted'),
    operation('Mul', ['logP', 'wanted'], 'chosen'),
    operation('ReduceSum', ['chosen', 'axis1'], 'perRow', { keepdims: 0 }),
    operation('ReduceMean', ['perRow'], 'negative', { keepdims: 0 }),
    operation('Neg', ['negative'], 'loss'),
    operation('Sub', ['p', 'wanted'], 'error'),
    operation('Mul', ['error', 'perSample'], 'dLogits'),
    ...layer({ inputs: 'h2', weight: 'w3', bias: 'b3', gradient: 'dLogits', back: 'dH2' }),
    ...gate('z2', 'dH2', 'dZ2'),
    ...layer({ inputs: 'h1', weight: 'w2', bias: 'b2', gradient: 'dZ2', back: 'dH1' }),
    ...gate('z1', 'dH1', 'dZ1'),
    ...layer({ inputs: 'x', weight: 'w1', bias: 'b1', gradient: 'dZ1', back: 'dX' }),
    operation('Reshape', ['dX', 'rowsShape'], 'dRows'),
    operation('Reshape', ['tokens', 'anyShape'], 'flatTokens'),
    operation('OneHot', ['flatTokens', 'vocabulary', 'offOn'], 'used'),
    operation('Gemm', ['used', 'dRows'], 'd.embedding', { transA: 1 }),
  ];
}

function layer(names: {
  inputs: string;
  weight: string;
  bias: string;
  gradient: string;
  back: string;
}): OperationSource[] {
  const { inputs, weight, bias, gradient, back } = names;
  return [
    operation('Gemm', [inputs, gradient], `d.${weight}`, { transA: 1 }),
    operation('ReduceSum', [gradient, 'axis0'], `d.${bias}`, { keepdims: 0 }),
    operation('Gemm', [gradient, weight], back, { transB: 1 }),
  ];
}

/** Gradient of Relu. */
function gate(before: string, gradient: string, result: string): OperationSource[] {
  return [
    operation('Greater', [before, 'zero'], `${before}.on`),
    operation('Cast', [`${before}.on`], `${before}.mask`, { to: ELEMENT.float }),
    operation('Mul', [gradient, `${before}.mask`], result),
  ];
}

/** The caller folds Adam's bias correction into `rate`. */
function adam(name: string): OperationSource[] {
  const at = (suffix: string): string => `${name}.${suffix}`;
  return [
    operation('Mul', [`m.${name}`, 'beta1'], at('m1')),
    operation('Mul', [`d.${name}`, 'rest1'], at('m2')),
    operation('Add', [at('m1'), at('m2')], `m.${name}'`),
    operation('Mul', [`d.${name}`, `d.${name}`], at('g2')),
    operation('Mul', [`v.${name}`, 'beta2'], at('v1')),
    operation('Mul', [at('g2'), 'rest2'], at('v2')),
    operation('Add', [at('v1'), at('v2')], `v.${name}'`),
    operation('Sqrt', [`v.${name}'`], at('root')),
    operation('Add', [at('root'), 'epsilon'], at('scale')),
    operation('Div', [`m.${name}'`, at('scale')], at('direction')),
    operation('Mul', [at('direction'), 'rate'], at('step')),
    operation('Sub', [name, at('step')], `${name}'`),
  ];
}

export const BATCH = 256;

function constants(vocabulary: number): TensorSource[] {
  const scalar = (name: string, value: number): TensorSource =>
    floats(name, [], Float32Array.of(value));
  return [
    flatShape,
    integers('rowsShape', [-1, SHAPE.embedding]),
    integers('anyShape', [-1]),
    integers('axis0', [0]),
    integers('axis1', [1]),
    integers('vocabulary', [vocabulary], []),
    floats('offOn', [2], Float32Array.of(0, 1)),
    scalar('zero', 0),
    scalar('perSample', 1 / BATCH),
    scalar('beta1', 0.9),
    scalar('rest1', 0.1),
    scalar('beta2', 0.99),
    scalar('rest2', 0.01),
    scalar('epsilon', 1e-8),
  ];
}
