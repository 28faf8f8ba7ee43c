import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PowerReader } from './power-reader.ts';

interface Domain {
  readonly file: string;
  /** The counter starts again after this many microjoules. */
  readonly range: number;
  last: number;
}

const WINDOW_MS = 1_000;

/** Processor packages through the kernel's powercap tree, or undefined where it is missing or closed to us. */
export function readRapl(
  root: string,
  now: () => number = performance.now.bind(performance),
): PowerReader | undefined {
  const domains = packagesIn(root);
  if (domains.length === 0) return undefined;
  let since = now();
  let watts: number | undefined;
  return {
    method: 'rapl',
    watts() {
      const elapsed = now() - since;
      if (elapsed < WINDOW_MS) return watts;
      const microjoules = domains.reduce((sum, domain) => sum + advance(domain), 0);
      since = now();
      watts = microjoules / 1e6 / (elapsed / 1_000);
      return watts;
    },
    close() {},
  };
}

function packagesIn(root: string): Domain[] {
  try {
    return readdirSync(root).flatMap((entry) =>
      /^intel-rapl:\d+$/.test(entry) ? domainAt(join(root, entry)) : [],
    );
  } catch {
    return [];
  }
}

/** Most kernels let only root read the counter; then the domain is as good as absent. */
function domainAt(directory: string): Domain[] {
  try {
    const file = join(directory, 'energy_uj');
    return [
      { file, range: numberIn(join(directory, 'max_energy_range_uj')), last: numberIn(file) },
    ];
  } catch {
    return [];
  }
}

function advance(domain: Domain): number {
  const current = numberIn(domain.file);
  const spent =
    current >= domain.last ? current - domain.last : current + domain.range - domain.last;
  domain.last = current;
  return spent;
}

function numberIn(file: string): number {
  const value = Number(readFileSync(file, 'utf8').trim());
  if (!Number.isFinite(value)) throw new RangeError(`${file} holds no number`);
  return value;
}
