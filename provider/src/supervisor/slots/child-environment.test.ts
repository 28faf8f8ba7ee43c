import { expect, it } from 'vitest';
import { childEnvironment } from './child-environment.ts';

const own = { LD_LIBRARY_PATH: '/cuda', CUDA_VISIBLE_DEVICES: '1', ASSAY_KEYSTORE_PASSWORD: 'x' };

it('passes nothing to a child on the CPU', () => {
  expect(childEnvironment(undefined, own)).toEqual({});
});

it('passes what a GPU needs, and no secret', () => {
  expect(childEnvironment(false, own)).toEqual({
    LD_LIBRARY_PATH: '/cuda',
    CUDA_VISIBLE_DEVICES: '1',
    NVIDIA_TF32_OVERRIDE: '0',
  });
  expect(childEnvironment(true, {})).toEqual({ NVIDIA_TF32_OVERRIDE: '1' });
});
