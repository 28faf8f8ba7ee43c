export {
  createReputationSubgraph,
  type ReputationConfig,
  reputationSchema,
} from './create-reputation-subgraph.ts';
