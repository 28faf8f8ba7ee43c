import type { FrameMeta, Hex } from '@assay/wire';

type Advertised = FrameMeta<'hello'>['energy'];

const JOULES_PER_KWH = 3_600_000;
const SMOOTHING = 0.1;

/** What a unit of each model costs in energy, from the jobs measured so far. */
export interface UnitEnergy {
  note(modelId: Hex, joules: number, units: number): void;
  /** One figure for a provider: only where all its units are of one model does it mean something. */
  describe(models: Iterable<Hex>): Advertised;
}

export function createUnitEnergy(
  method: Advertised['method'],
  gramsPerKwh: number | undefined,
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
      if (method === 'unavailable' || joulesPerUnit === undefined) return { method };
      if (gramsPerKwh === undefined) return { method, joulesPerUnit };
      return {
        method,
        joulesPerUnit,
        gramsCO2PerUnit: (joulesPerUnit / JOULES_PER_KWH) * gramsPerKwh,
      };
    },
  };
}
