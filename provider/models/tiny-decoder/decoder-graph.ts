import {
  ELEMENT,
  floats,
  type GraphSource,
  integers,
  type OperationSource,
  type TensorSource,
  type ValueSource,
} from '../../src/bundle/onnx/write-model.ts';
import { createRandom } from '../char-lm/training/random.ts';

export const DECODER = {
  layers: 2,
  heads: 4,
  width: 64,
  context: 256,
  vocabulary: 257,
  seed: 5,
} as const;
const HEAD = DECODER.width / DECODER.heads;

/** A decoder-only transformer: learned positions, pre-norm, causal attention against the cache, tied output. */
export function decoderGraph(): GraphSource {
  const layers = Array.from({ length: DECODER.layers }, (_, index) => index);
  const caches = layers.flatMap((layer) => ['key', 'value'].map((kind) => `${layer}.${kind}`));
  const cache = (name: string, length: string): ValueSource => ({
    name,
    element: ELEMENT.float,
    shape: ['batch', DECODER.heads, length, HEAD],
  });
  const ids = (name: string, length: string): ValueSource => ({
    name,
    element: ELEMENT.int64,
    shape: ['batch', length],
  });
  return {
    inputs: [
      ids('input_ids', 'n'),
      ids('attention_mask', 'total'),
      ids('position_ids', 'n'),
      ...caches.map((name) => cache(`past_key_values.${name}`, 'past')),
    ],
    outputs: [
      { name: 'logits', element: ELEMENT.float, shape: ['batch', 'n', DECODER.vocabulary] },
      ...caches.map((name) => cache(`present.${name}`, 'total')),
    ],
    operations: [...embed(), ...mask(), ...layers.flatMap(block), ...head()],
    initializers: [...weights(), ...constants()],
  };
}

const operation = (
  type: string,
  inputs: string[],
  output: string,
  attributes: OperationSource['attributes'] = {},
): OperationSource => ({ type, inputs, outputs: [output], attributes });

function embed(): OperationSource[] {
  return [
    operation('Gather', ['tokens', 'input_ids'], 'tokenRows'),
    operation('Gather', ['positions', 'position_ids'], 'positionRows'),
    operation('Add', ['tokenRows', 'positionRows'], 'h0'),
  ];
}

/** 0 where a position may look, far below 0 where it may not. */
function mask(): OperationSource[] {
  return [
    operation('Shape', ['attention_mask'], 'maskShape'),
    operation('Gather', ['maskShape', 'one'], 'total', { axis: 0 }),
    operation('Range', ['zeroIndex', 'total', 'oneIndex'], 'places'),
    operation('Unsqueeze', ['position_ids', 'axis2'], 'here'),
    operation('LessOrEqual', ['places', 'here'], 'past'),
    operation('Cast', ['attention_mask'], 'shown', { to: ELEMENT.bool }),
    operation('Unsqueeze', ['shown', 'axis1'], 'shownToAll'),
    operation('And', ['past', 'shownToAll'], 'visible'),
    operation('Where', ['visible', 'zero', 'never'], 'bias'),
    operation('Unsqueeze', ['bias', 'axis1'], 'attentionBias'),
  ];
}

function block(layer: number): OperationSource[] {
  const at = (name: string): string => `l${layer}.${name}`;
  const [before, between, after] = [`h${layer}`, at('middle'), `h${layer + 1}`];
  return [
    operation('LayerNormalization', [before, 'unit', 'none'], at('x')),
    ...['q', 'k', 'v'].flatMap((part) => [
      operation('MatMul', [at('x'), at(`w${part}`)], at(part)),
      operation('Reshape', [at(part), 'toHeads'], at(`${part}4`)),
      operation('Transpose', [at(`${part}4`)], at(`${part}h`), { perm: [0, 2, 1, 3] }),
    ]),
    operation('Concat', [`past_key_values.${layer}.key`, at('kh')], `present.${layer}.key`, {
      axis: 2,
    }),
    operation('Concat', [`past_key_values.${layer}.value`, at('vh')], `present.${layer}.value`, {
      axis: 2,
    }),
    operation('Transpose', [`present.${layer}.key`], at('kt'), { perm: [0, 1, 3, 2] }),
    operation('MatMul', [at('qh'), at('kt')], at('raw')),
    operation('Mul', [at('raw'), 'scale'], at('scaled')),
    operation('Add', [at('scaled'), 'attentionBias'], at('biased')),
    operation('Softmax', [at('biased')], at('weights'), { axis: -1 }),
    operation('MatMul', [at('weights'), `present.${layer}.value`], at('mixed')),
    operation('Transpose', [at('mixed')], at('rows'), { perm: [0, 2, 1, 3] }),
    operation('Reshape', [at('rows'), 'fromHeads'], at('flat')),
    operation('MatMul', [at('flat'), at('wo')], at('attended')),
    operation('Add', [before, at('attended')], between),
    operation('LayerNormalization', [between, 'unit', 'none'], at('y')),
    operation('MatMul', [at('y'), at('up')], at('wide')),
    operation('Relu', [at('wide')], at('active')),
    operation('MatMul', [at('active'), at('down')], at('narrow')),
    operation('Add', [between, at('narrow')], after),
  ];
}

function head(): OperationSource[] {
  return [
    operation('LayerNormalization', [`h${DECODER.layers}`, 'unit', 'none'], 'last'),
    operation('Transpose', ['tokens'], 'unembed', { perm: [1, 0] }),
    operation('MatMul', ['last', 'unembed'], 'logits'),
  ];
}

function weights(): TensorSource[] {
  const random = createRandom(DECODER.seed);
  const { width, vocabulary, context, layers } = DECODER;
  const matrix = (name: string, rows: number, columns: number, spread: number): TensorSource =>
    floats(
      name,
      [rows, columns],
      Float32Array.from(
        { length: rows * columns },
        () => (random() + random() + random() - 1.5) * 2 * spread,
      ),
    );
  const perLayer = Array.from({ length: layers }, (_, layer) => [
    ...['wq', 'wk', 'wv', 'wo'].map((name) =>
      matrix(`l${layer}.${name}`, width, width, 1 / Math.sqrt(width)),
    ),
    matrix(`l${layer}.up`, width, 4 * width, 1 / Math.sqrt(width)),
    matrix(`l${layer}.down`, 4 * width, width, 1 / Math.sqrt(4 * width)),
  ]);
  return [
    matrix('tokens', vocabulary, width, 0.5),
    matrix('positions', context, width, 0.5),
    ...perLayer.flat(),
  ];
}

function constants(): TensorSource[] {
  const scalar = (name: string, value: number): TensorSource =>
    floats(name, [], Float32Array.of(value));
  const { width, heads } = DECODER;
  return [
    floats('unit', [width], new Float32Array(width).fill(1)),
    floats('none', [width], new Float32Array(width)),
    scalar('scale', 1 / Math.sqrt(HEAD)),
    scalar('zero', 0),
    scalar('never', -1e9),
    integers('toHeads', [0, 0, heads, HEAD]),
    integers('fromHeads', [0, 0, width]),
    integers('one', [1], []),
    integers('zeroIndex', [0], []),
    integers('oneIndex', [1], []),
    integers('axis1', [1]),
    integers('axis2', [2]),
  ];
}
