import { readdirSync, readFileSync } from 'node:fs';

/** Inference children of a provider, spares included: their command line names its data directory. */
export function childrenOf(dataDir: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return line.includes(dataDir) && line.includes('inference/main.ts');
      } catch {
        return false;
      }
    })
    .map(Number);
}
