import type { OnnxGraph, OnnxModel } from './onnx/onnx-model.ts';

/** Every `domain:Operator` of a model, sorted, bodies of If, Loop and Scan included. */
export function operatorsOf({ graph }: OnnxModel): string[] {
  const found = new Set<string>();
  const visit = ({ operations }: OnnxGraph): void => {
    for (const { domain, type, graphs } of operations) {
      found.add(`${domain}:${type}`);
      graphs.forEach(visit);
    }
  };
  visit(graph);
  return [...found].sort();
}
