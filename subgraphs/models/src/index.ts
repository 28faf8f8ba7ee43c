export { createModelsSubgraph, type ModelsConfig, modelsSchema } from './create-models-subgraph.ts';
