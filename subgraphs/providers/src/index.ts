export {
  createProvidersSubgraph,
  type ProvidersConfig,
  providersSchema,
} from './create-providers-subgraph.ts';
