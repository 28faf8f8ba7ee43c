import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createEnergyMeter } from './energy-meter.ts';
import { readRapl } from './read-rapl.ts';

function setup() {
  const root = mkdtempSync(join(tmpdir(), 'assay-energy-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const domain = join(root, 'intel-rapl:0');
  mkdirSync(domain);
  writeFileSync(join(domain, 'max_energy_range_uj'), '1000000000\n');
  const count = (microjoules: number) =>
    writeFileSync(join(domain, 'energy_uj'), `${microjoules}\n`);
  count(990_000_000);
  return { root, count };
}

it('says unavailable, and no number, where nothing can be read', () => {
  const meter = createEnergyMeter({
    method: 'auto',
    sources: { powercap: '/nowhere', nvidiaSmi: '/nowhere/nvidia-smi' },
  });
  expect(meter.method).toBe('unavailable');
  expect(meter.joulesOf({ finishedAt: Date.now(), computeMs: 100, batchSize: 1 })).toBeUndefined();
});

it('reads package energy as power, across the counter’s wrap', () => {
  const { root, count } = setup();
  let now = 0;
  const reader = readRapl(root, () => now);
  expect(reader?.watts()).toBeUndefined();
  now = 2_000;
  count(30_000_000); // 990 J, wrapped at 1000 J, now 30 J: 40 J in 2 s
  expect(reader?.watts()).toBeCloseTo(20);
  now = 2_100;
  expect(reader?.watts()).toBeCloseTo(20);
});

it('reads board power of every GPU from nvidia-smi and shares it by time, jobs and batch', () => {
  const { root } = setup();
  const program = join(root, 'nvidia-smi');
  writeFileSync(
    program,
    '#!/bin/sh\necho 60\necho 40\n[ "$3" = "-lms" ] && exec sleep 60\nexit 0\n',
    { mode: 0o755 },
  );
  let now = 1_000;
  const meter = createEnergyMeter({
    method: 'auto',
    sources: { powercap: root, nvidiaSmi: program },
    now: () => now,
  });
  onTestFinished(meter.close);
  expect(meter.method).toBe('nvidia-smi');
  meter.busyIs(2);
  now += 500;
  meter.busyIs(1);
  // All of it in a batch of five, half of the power's time shared by two.
  expect(meter.joulesOf({ finishedAt: now, computeMs: 500, batchSize: 5 })).toBeCloseTo(
    (100 * 0.5) / 2 / 5,
  );
});

it('the programs it starts see nothing of the environment but where programs are', () => {
  const { root } = setup();
  const program = join(root, 'nvidia-smi');
  const seen = join(root, 'seen');
  writeFileSync(program, `#!/bin/sh\nenv >> ${seen}\necho 60\n`, { mode: 0o755 });
  vi.stubEnv('ASSAY_KEYSTORE_PASSWORD', 'swordfish');
  onTestFinished(() => void vi.unstubAllEnvs());
  const sources = { powercap: root, nvidiaSmi: program };
  createEnergyMeter({ method: 'nvidia-smi', sources }).close();
  expect(readFileSync(seen, 'utf8')).toContain('PATH=');
  expect(readFileSync(seen, 'utf8')).not.toContain('swordfish');
});
