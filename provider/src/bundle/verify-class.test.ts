import { arch } from 'node:os';
import { expect, it } from 'vitest';
import { DEFAULT_RUNTIME } from '../supervisor/slots/default-runtime.ts';
import { deviceName } from './device-name.ts';
import { machineClass } from './machine-class.ts';
import type { ClassSelfTest } from './self-test-class.ts';
import { verifyClass } from './verify-class.ts';

const EIGHT_BIT = ['ai.onnx:MatMulInteger'];
const EXACT: ClassSelfTest = {
  matrixProducts: 'fp32',
  eightBitProducts: 'exact',
  graph: 'optimised',
};
const verify = (hardware: string, found: Partial<ClassSelfTest>, ops: string[] = []) =>
  verifyClass(`onnxruntime-1.30.0/cpu/${hardware}/all`, {
    ops,
    runtime: DEFAULT_RUNTIME,
    selfTest: async () => ({ ...EXACT, ...found }),
  });

it('asks for VNNI in the name only where a model multiplies 8-bit integers', () => {
  if (arch() !== 'x64') return;
  const hardware = (cpuInfo: string, ops?: string[]) =>
    machineClass(DEFAULT_RUNTIME, { cpuInfo, ...(ops ? { ops } : {}) }).split('/')[2];
  for (const flags of ['avx2 avx_vnni', 'avx2']) expect(hardware(flags)).toBe('x64-avx2');
  expect(hardware('avx2 avx_vnni', EIGHT_BIT)).toBe('x64-avx2-vnni');
  expect(hardware('avx2 avx512f avx512_vnni', EIGHT_BIT)).toBe('x64-avx512-vnni');
  expect(hardware('avx2 avx512f', EIGHT_BIT)).toBe('x64-avx512');
  expect(hardware('avx2 avx512f avx512_vnni', ['ai.onnx:Conv'])).toBe('x64-avx512');
});

it('names the device of a GPU class', () => {
  const cuda = { ...DEFAULT_RUNTIME, executionProvider: 'cuda' };
  const device = deviceName(() => 'NVIDIA A10G\nNVIDIA T4\n');
  expect(machineClass(cuda, { device }).split('/').slice(1)).toEqual([
    'cuda',
    'nvidia-a10g-fp32',
    'all',
  ]);
  expect(deviceName(() => '')).toBe('gpu');
});

it('lets a machine serve that computes as its class says', async () => {
  await verify('x64-avx2', { eightBitProducts: 'saturate' }, EIGHT_BIT);
  await verify('x64-avx512-vnni', {}, EIGHT_BIT);
  await verify('arm64', {}, EIGHT_BIT);
  await verify('x64-avx2', {});
});

it.each([
  ['saturating products under a VNNI class', 'x64-avx2-vnni', { eightBitProducts: 'saturate' }],
  ['exact products under a class without VNNI', 'x64-avx512', {}],
  ['reduced precision', 'x64-avx512-vnni', { matrixProducts: 'reduced' }],
  ['a graph that is not optimised', 'x64-avx512-vnni', { graph: 'as written' }],
] as const)('refuses %s, naming expected and found', async (_, hardware, found) => {
  await expect(verify(hardware, found, EIGHT_BIT)).rejects.toMatchObject({
    code: 'P320',
    details: { expected: expect.any(String), found: expect.any(String) },
    hint: expect.stringContaining('models[].execClass'),
  });
});

it('refuses a class of another provider or level without computing anything', async () => {
  const selfTest = () => Promise.reject(new Error('not needed'));
  for (const name of ['onnxruntime-1.30.0/cuda/gpu-fp32/all', 'onnxruntime-1.30.0/cpu/arm64/basic'])
    await expect(
      verifyClass(name, { ops: [], runtime: DEFAULT_RUNTIME, selfTest }),
    ).rejects.toMatchObject({ code: 'P320' });
});
