import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssayError, type Deployment } from '@assay/wire';
import { parseDocument } from 'yaml';
import { buildIndex } from './build-index.ts';

export interface PrepareOptions {
  /** The chain's name at the graph-node that will index it (`localnet`, `base`, `arbitrum-one` …). */
  network?: string;
}

/**
 * Writes a subgraph for one deployment, sources and compiled `build/` alike, and answers the path of its manifest:
 * `graph deploy` takes it, and so does `gnd dev`.
 */
export async function prepareManifest(
  deployment: Deployment,
  outDir: string,
  { network = 'localnet' }: PrepareOptions = {},
): Promise<string> {
  const built = await buildIndex();
  mkdirSync(outDir, { recursive: true });
  cpSync(built, outDir, { recursive: true });
  const manifest = join(outDir, 'subgraph.yaml');
  for (const file of [manifest, join(outDir, 'build', 'subgraph.yaml')]) {
    writeFileSync(file, fillManifest(readFileSync(file, 'utf8'), deployment, network));
  }
  return manifest;
}

/** Puts a deployment's addresses, first block and network into a manifest. */
export function fillManifest(manifest: string, deployment: Deployment, network: string): string {
  const document = parseDocument(manifest);
  const sources = document.toJS().dataSources as { name: string }[];
  sources.forEach(({ name }, index) => {
    const address = (deployment.contracts as Record<string, string>)[name];
    if (address === undefined) {
      throw new AssayError('I100', {
        details: { contract: name },
        hint: `The deployment has no address for ${name}; deploy it, or give its address.`,
      });
    }
    document.setIn(['dataSources', index, 'network'], network);
    document.setIn(['dataSources', index, 'source', 'address'], address);
    document.setIn(['dataSources', index, 'source', 'startBlock'], deployment.deployBlock);
  });
  return document.toString({ lineWidth: 0 });
}
