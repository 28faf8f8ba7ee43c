import type { FrameMeta, Hex } from '@assay/wire';
import type { EnergyMeter } from './energy-meter.ts';
import type { GridSource } from './grid-source.ts';

type Advertised = FrameMeta<'hello'>['energy'];

const JOULES_PER_KWH = 3_600_000;
const SMOOTHING = 0.1;

/** What a unit of each model costs in energy, from the jobs measured so far. */
export interface UnitEnergy {
  note(modelId: Hex, joules: number, units: number): void;
  /** One figure for a provider: only where all its units are of one model does it mean something. */
  describe(models: Iterable<Hex>): Advertised;
}

/** `method` and `confidence` go wherever a figure goes. */
export function createUnitEnergy(
  { method, confidence }: Pick<EnergyMeter, 'method' | 'confidence'>,
  grid: GridSource,
): UnitEnergy {
  const perUnit = new Map<Hex, number>();
  return {
    note(modelId, joules, units) {
      if (units <= 0) return;
      const before = perUnit.get(modelId);
      const now = joules / units;
      perUnit.set(modelId, before === undefined ? now : before + SMOOTHING * (now - before));
    },
    describe(models) {
      const [only, ...others] = models;
      const joulesPerUnit = only === undefined || others.length > 0 ? undefined : perUnit.get(only);
      if (method === 'unavailable') return { method };
      if (joulesPerUnit === undefined) return { method, confidence };
      const reading = grid.now();
      if (reading === undefined) return { method, confidence, joulesPerUnit };
      return {
        ...{ method, confidence, joulesPerUnit },
        gramsCO2PerUnit: (joulesPerUnit / JOULES_PER_KWH) * reading.gramsPerKwh,
        gridMethod: reading.method,
        gridConfidence: reading.confidence.slice(0, 200),
      };
    },
  };
}
