import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { probeProviders } from './probe-providers.ts';

it('finds out by trying: the CPU works, CUDA only with a device, and a failure says why', async () => {
  const [cpu, cuda] = await probeProviders(['cpu', 'cuda']);
  expect(cpu).toEqual({ name: 'cpu', works: true });
  if (!existsSync('/dev/nvidia0')) {
    expect(cuda?.works).toBe(false);
    expect(cuda?.reason).toMatch(/\w/);
  }
}, 60_000);
