import { AssayError } from '@assay/wire';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import type { FederatedSubgraph } from './remote-subgraph.ts';

/** The supergraph of subgraphs' SDLs. Throws G805 naming what does not fit together. */
export function composeSupergraph(
  subgraphs: readonly Pick<FederatedSubgraph, 'name' | 'sdl'>[],
): string {
  const composed = composeServices(
    subgraphs.map(({ name, sdl }) => ({ name, typeDefs: parse(sdl), url: `assay://${name}` })),
  );
  if (composed.supergraphSdl !== undefined) return composed.supergraphSdl;
  throw new AssayError('G805', {
    details: { reasons: composed.errors.map((error) => error.message) },
    hint: 'The subgraphs are of different versions: deploy the ones of one release.',
  });
}
