import { expect, it } from 'vitest';
import { DEFAULT_RUNTIME } from '../supervisor/slots/default-runtime.ts';
import { machineClass } from './machine-class.ts';
import { selfTestClass } from './self-test-class.ts';
import { verifyClass } from './verify-class.ts';

const EIGHT_BIT = ['ai.onnx:MatMulInteger'];

it('this processor computes as the class it derives says, at each optimisation level', async () => {
  for (const optimisation of ['all', 'basic', 'disabled'] as const) {
    const runtime = { ...DEFAULT_RUNTIME, optimisation };
    const found = await selfTestClass(runtime);
    expect(found.matrixProducts).toBe('fp32');
    expect(found.graph).toBe(optimisation === 'disabled' ? 'as written' : 'optimised');
    const name = machineClass(runtime, { ops: EIGHT_BIT });
    await verifyClass(name, { ops: EIGHT_BIT, runtime, selfTest: async () => found });
  }
}, 60_000);
