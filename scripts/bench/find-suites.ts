import { globSync } from 'node:fs';
import { basename } from 'node:path';

/** Every `FOLDER/bench/SUITE.ts`, by name; CONTRIBUTING.md, "Benchmarks", is the convention. */
export function findSuites(root: string): ReadonlyMap<string, string> {
  const files = globSync('{protocol,provider,gateway,test,subgraphs/*,gateway/*}/bench/*.ts', {
    cwd: root,
  });
  const suites = files.filter((file) => !/\.(test|d)\.ts$/.test(file)).sort();
  return new Map(suites.map((file) => [basename(file, '.ts'), file]));
}
