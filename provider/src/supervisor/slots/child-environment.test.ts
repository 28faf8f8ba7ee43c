import { expect, it } from 'vitest';
import { childEnvironment } from './child-environment.ts';

const own = { LD_LIBRARY_PATH: '/cuda', CUDA_VISIBLE_DEVICES: '1', ASSAY_KEYSTORE_PASSWORD: 'x' };

it('passes nothing to a child on the CPU, and has its runtime report to nobody', () => {
  expect(childEnvironment(undefined, own)).toEqual({ ORT_DISABLE_TELEMETRY: '1' });
});

it('passes what a GPU needs, and no secret', () => {
  expect(childEnvironment(false, own)).toEqual({
    ORT_DISABLE_TELEMETRY: '1',
    LD_LIBRARY_PATH: '/cuda',
    CUDA_VISIBLE_DEVICES: '1',
    NVIDIA_TF32_OVERRIDE: '0',
  });
  expect(childEnvironment(true, {})).toEqual({
    ORT_DISABLE_TELEMETRY: '1',
    NVIDIA_TF32_OVERRIDE: '1',
  });
});
