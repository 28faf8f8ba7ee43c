export { createProvidersSubgraph, type ProvidersConfig } from './create-providers-subgraph.ts';
