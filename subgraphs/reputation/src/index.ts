export { createReputationSubgraph, type ReputationConfig } from './create-reputation-subgraph.ts';
