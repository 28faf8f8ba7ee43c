import { AssayError } from '@assay/wire';
import type { RuntimeOptions } from '../inference/messages.ts';
import { multipliesEightBit } from './eight-bit-products.ts';
import type { ClassSelfTest } from './self-test-class.ts';

interface ClassContext {
  readonly ops: readonly string[];
  readonly runtime: RuntimeOptions;
  readonly selfTest: (runtime: RuntimeOptions) => Promise<ClassSelfTest>;
}

/**
 * Holds this machine to what an execution class says of it: execution provider, optimisation level, precision, and for
 * models with 8-bit products whether those saturate. Serving under another class costs the stake. Throws P320.
 */
export async function verifyClass(
  className: string,
  { ops, runtime, selfTest }: ClassContext,
): Promise<void> {
  const [, provider = '', hardware = '', level = ''] = className.split('/');
  hold(className, 'runtime.executionProvider', provider, runtime.executionProvider);
  hold(className, 'runtime.optimisation', level, runtime.optimisation);
  const found = await selfTest(runtime);
  hold(className, 'matrix products', precisionOf(hardware), found.matrixProducts);
  hold(className, 'graph', level === 'disabled' ? 'as written' : 'optimised', found.graph);
  if (ops.some(multipliesEightBit))
    hold(className, '8-bit products', saturationOf(hardware), found.eightBitProducts);
}

function precisionOf(hardware: string): ClassSelfTest['matrixProducts'] {
  return hardware.includes('tf32') ? 'reduced' : 'fp32';
}

/** AVX2 and AVX-512 add pairs of products in 16 bits; VNNI, older sets and other processors do not. */
function saturationOf(hardware: string): ClassSelfTest['eightBitProducts'] {
  return /^x64-avx(2|512)$/.test(hardware) ? 'saturate' : 'exact';
}

function hold(execClass: string, property: string, expected: string, found: string): void {
  if (expected === found) return;
  throw new AssayError('P320', {
    details: { execClass, property, expected, found },
    hint: 'This machine does not compute as the class says: correct runtime.*, or serve the model under a class of this machine (models[].execClass).',
  });
}
