import {
  createPowerReader,
  type EnergyMethod,
  type PowerReader,
  type PowerSources,
} from './power-reader.ts';

export interface EnergyMeter {
  /** How joules are known. */
  readonly method: 'rapl' | 'nvidia-smi' | 'unavailable';
  /** What the number is worth, for people. */
  readonly confidence: string;
  /** Joules of one job's run, or undefined where nothing can be read: never zero for "not known". */
  joulesOf(computeMs: number, batchSize: number): number | undefined;
  close(): void;
}

export interface EnergyMeterOptions {
  readonly method: EnergyMethod;
  /** How many children compute now: they share what is measured. */
  readonly busy: () => number;
  readonly sources?: PowerSources;
}

const CONFIDENCE: Readonly<Record<EnergyMeter['method'], string>> = {
  rapl: 'self-reported: processor packages over a second or more, shared among the jobs running; no memory, no power supply',
  'nvidia-smi': 'self-reported: board power over a second or more, shared among the jobs running',
  unavailable: 'this machine lets no energy be read',
};

/** Measures power where the machine allows it and charges jobs by their compute time. */
export function createEnergyMeter({ method, busy, sources }: EnergyMeterOptions): EnergyMeter {
  const reader: PowerReader | undefined = createPowerReader(method, sources);
  const name = reader?.method ?? 'unavailable';
  return {
    method: name,
    confidence: CONFIDENCE[name],
    joulesOf(computeMs, batchSize) {
      const watts = reader?.watts();
      if (watts === undefined) return undefined;
      return (watts * computeMs) / 1_000 / Math.max(1, busy()) / Math.max(1, batchSize);
    },
    close: () => reader?.close(),
  };
}
