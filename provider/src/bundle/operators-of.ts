import type { OnnxModel, OnnxOperation } from './onnx/read-model.ts';

/** Every `domain:Operator` of a model, sorted; calls of the model's own functions count by what they are made of. */
export function operatorsOf({ graph, functions }: OnnxModel): string[] {
  const own = new Set(functions.map(({ domain, name }) => `${domain}:${name}`));
  const found = new Set<string>();
  const visit = (operations: readonly OnnxOperation[]): void => {
    for (const { domain, type, graphs } of operations) {
      const name = `${domain}:${type}`;
      if (!own.has(name)) found.add(name);
      for (const body of graphs) visit(body.operations);
    }
  };
  visit(graph.operations);
  for (const { operations } of functions) visit(operations);
  return [...found].sort();
}
