import { expect, it } from 'vitest';
import { DEFAULT_RUNTIME } from '../supervisor/slots/default-runtime.ts';
import { selfTestClass } from './self-test-class.ts';

it('a processor multiplies floats in FP32, and says whether its 8-bit products saturate', async () => {
  const { matrixProducts, eightBitProducts } = await selfTestClass(DEFAULT_RUNTIME);
  expect(matrixProducts).toBe('fp32');
  expect(['exact', 'saturate']).toContain(eightBitProducts);
}, 60_000);
