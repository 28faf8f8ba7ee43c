export { createModelsSubgraph, type ModelsConfig } from './create-models-subgraph.ts';
