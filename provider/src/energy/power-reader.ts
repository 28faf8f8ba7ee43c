import { readNvidiaSmi } from './read-nvidia-smi.ts';
import { readRapl } from './read-rapl.ts';

export type EnergyMethod = 'auto' | 'rapl' | 'nvidia-smi' | 'off';

/** Power now, averaged over at least a second; undefined until there is a first window. */
export interface PowerReader {
  readonly method: 'rapl' | 'nvidia-smi';
  watts(): number | undefined;
  close(): void;
}

/** Where readings come from; tests put files and programs of their own here. */
export interface PowerSources {
  readonly powercap: string;
  readonly nvidiaSmi: string;
}

const SOURCES: PowerSources = { powercap: '/sys/class/powercap', nvidiaSmi: 'nvidia-smi' };

/** The first reader that works on this machine, or undefined. */
export function createPowerReader(
  method: EnergyMethod,
  sources: PowerSources = SOURCES,
): PowerReader | undefined {
  switch (method) {
    case 'off':
      return undefined;
    case 'rapl':
      return readRapl(sources.powercap);
    case 'nvidia-smi':
      return readNvidiaSmi(sources.nvidiaSmi);
    case 'auto':
      return readNvidiaSmi(sources.nvidiaSmi) ?? readRapl(sources.powercap);
  }
}
