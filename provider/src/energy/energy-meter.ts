import {
  createPowerReader,
  type EnergyMethod,
  type PowerReader,
  type PowerSources,
} from './power-reader.ts';
import { createShareCurve } from './share-curve.ts';

/** One job's run, as the pool reports it. */
export interface Run {
  /** Epoch ms. */
  readonly finishedAt: number;
  readonly computeMs: number;
  readonly batchSize: number;
}

export interface EnergyMeter {
  /** How joules are known. */
  readonly method: 'rapl' | 'nvidia-smi' | 'unavailable';
  /** What the number is worth, for people. */
  readonly confidence: string;
  /** So many children compute from now on: they share what is measured. */
  busyIs(count: number): void;
  /** Joules of one job's run, or undefined where nothing can be read: never zero for "not known". */
  joulesOf(run: Run): number | undefined;
  close(): void;
}

export interface EnergyMeterOptions {
  readonly method: EnergyMethod;
  readonly sources?: PowerSources;
  readonly now?: () => number;
}

/** How often the power is looked at between runs that begin and end. */
const LOOK_MS = 200;

const CONFIDENCE: Readonly<Record<EnergyMeter['method'], string>> = {
  rapl: 'self-reported: processor packages over a second or more, shared among the jobs running; no memory, no power supply',
  'nvidia-smi': 'self-reported: board power over a second or more, shared among the jobs running',
  unavailable: 'this machine lets no energy be read',
};

/** Measures power where the machine allows it and charges each run its share. */
export function createEnergyMeter({
  method,
  sources,
  now = Date.now,
}: EnergyMeterOptions): EnergyMeter {
  const reader: PowerReader | undefined = createPowerReader(method, sources);
  const name = reader?.method ?? 'unavailable';
  const curve = createShareCurve();
  let busy = 0;
  const look = (): void => curve.advance(now(), reader?.watts(), busy);
  const timer = reader && setInterval(look, LOOK_MS).unref();
  look();
  return {
    method: name,
    confidence: CONFIDENCE[name],
    busyIs(count) {
      if (count === busy) return;
      busy = count;
      look();
    },
    joulesOf({ finishedAt, computeMs, batchSize }) {
      look();
      const share = curve.joulesBetween(finishedAt - computeMs, finishedAt);
      return share === undefined ? undefined : share / Math.max(1, batchSize);
    },
    close() {
      clearInterval(timer);
      reader?.close();
    },
  };
}
