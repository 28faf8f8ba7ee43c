import type { Manifest } from '@assay/wire';
import { largestConstant } from './constant-volume.ts';
import { multipliesEightBit } from './eight-bit-products.ts';
import type { OnnxGraph, OnnxModel, OnnxTensor } from './onnx/onnx-model.ts';
import { operatorsOf } from './operators-of.ts';

export interface Finding {
  /** `refuse`: the provider will not load it. `warn`: it will, but somebody should know. */
  readonly severity: 'refuse' | 'warn';
  readonly rule: string;
  readonly detail: string;
}

/** Domains ONNX Runtime implements itself; anything else needs code that no child loads. */
const DOMAINS = new Set(['ai.onnx', 'ai.onnx.ml', 'com.microsoft']);
/** Results that nobody could compute again: random without a seed from outside. */
const RANDOM =
  /^(ai\.onnx:(Random(Normal|Uniform)(Like)?|Multinomial|Bernoulli)|com\.microsoft:(Sampling|Bi\w+Dropout))$/;
/** Runs what another program compiled, out of a file it names itself. */
const COMPILED = /:EPContext$/;
/** Work on strings is not comparable between machines. */
const STRINGS =
  /:(StringNormalizer|TfIdfVectorizer|RegexFullMatch|StringSplit|StringConcat|LabelEncoder)$/;
/** Loops end when the graph says so; a deadline is the only other end. */
const LOOPS = /:(Loop|Scan)$/;
/** BFLOAT16 and complex or 8-bit floats cannot cross the runtime's boundary. */
const BOUNDARY_TYPES = new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);

/** What is wrong with a graph, before any runtime sees it. */
export function scanGraph(
  model: OnnxModel,
  manifest: Pick<Manifest, 'files' | 'peakMemoryBytes'>,
): Finding[] {
  const operators = operatorsOf(model);
  return [
    ...operators.flatMap(operatorFindings),
    ...externalFindings(model, manifest),
    ...boundaryFindings(model.graph),
    ...volumeFindings(model, manifest.peakMemoryBytes),
    ...dropoutFindings(model.graph),
    ...(model.training ? [refuse('training', 'the file carries training information')] : []),
    ...(model.functions
      ? [refuse('functions', 'the file defines operators of its own: inline them before export')]
      : []),
  ];
}

export function refuse(rule: string, detail: string): Finding {
  return { severity: 'refuse', rule, detail };
}

export function warn(rule: string, detail: string): Finding {
  return { severity: 'warn', rule, detail };
}

function operatorFindings(operator: string): Finding[] {
  const domain = operator.slice(0, operator.lastIndexOf(':'));
  if (!DOMAINS.has(domain))
    return [refuse('operator domain', `${operator}: only ${[...DOMAINS].join(', ')} are known`)];
  if (RANDOM.test(operator))
    return [refuse('randomness', `${operator}: sample outside the graph, with the job's seed`)];
  if (COMPILED.test(operator))
    return [refuse('compiled code', `${operator}: publish the graph it was compiled from`)];
  if (STRINGS.test(operator))
    return [refuse('strings', `${operator}: text belongs into the tokenizer`)];
  if (multipliesEightBit(operator))
    return [
      warn(
        'saturation',
        `${operator}: unsigned times signed 8-bit saturates on processors without VNNI, which is another execution class there; U8xU8, S8xS8 or 7-bit weights need none`,
      ),
    ];
  if (LOOPS.test(operator)) return [warn('loop', `${operator}: only the job's deadline bounds it`)];
  return [];
}

function externalFindings({ graph }: OnnxModel, { files }: Pick<Manifest, 'files'>): Finding[] {
  const file = files.find(({ role }) => role === 'model');
  const folder = file?.path.includes('/') ? file.path.slice(0, file.path.lastIndexOf('/') + 1) : '';
  const data = new Set(files.filter(({ role }) => role === 'data').map(({ path }) => path));
  const outside = new Set<string>();
  for (const tensor of tensorsOf(graph)) {
    if (tensor.external !== undefined && !data.has(folder + tensor.external))
      outside.add(tensor.external);
  }
  return [...outside].map((location) =>
    refuse(
      'external data',
      `"${location.slice(0, 100)}" is no file of the manifest with the role "data"`,
    ),
  );
}

function boundaryFindings({ inputs, outputs, initializers }: OnnxGraph): Finding[] {
  const fixed = new Set(initializers.map(({ name }) => name));
  return [...inputs.filter(({ name }) => !fixed.has(name)), ...outputs]
    .filter(
      ({ dataType }) => dataType !== undefined && dataType !== 0 && !BOUNDARY_TYPES.has(dataType),
    )
    .map(({ name, dataType }) =>
      refuse(
        'boundary type',
        `${name} has element type ${dataType}, which cannot enter or leave the runtime`,
      ),
    );
}

function volumeFindings(model: OnnxModel, peakMemoryBytes: number): Finding[] {
  const { elements, operation } = largestConstant(model.graph);
  const bytes = elements * 4;
  if (bytes <= peakMemoryBytes) return [];
  return [
    refuse(
      'volume',
      `${operation} makes a constant of ${elements} elements; peakMemoryBytes is ${peakMemoryBytes}`,
    ),
  ];
}

/** Every tensor the file carries, in bodies of If, Loop and Scan too. */
function* tensorsOf({ initializers, operations }: OnnxGraph): Generator<OnnxTensor> {
  yield* initializers;
  for (const { tensors, graphs } of operations) {
    yield* tensors;
    for (const body of graphs) yield* tensorsOf(body);
  }
}

/** Dropout does nothing at inference unless its third input says that this is training; then it is random. */
function dropoutFindings({ operations }: OnnxGraph): Finding[] {
  return operations.flatMap(({ type, inputs, graphs }) => [
    ...(type === 'Dropout' && inputs[2]
      ? [refuse('randomness', 'ai.onnx:Dropout with training_mode: export the model for inference')]
      : []),
    ...graphs.flatMap(dropoutFindings),
  ]);
}
