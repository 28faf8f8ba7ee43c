export * from './build-federated-schema.ts';
export * from './create-subgraph.ts';
export * from './format-error.ts';
export * from './freshness.ts';
export * from './result-iterator.ts';
export * from './run-subgraph.ts';
export * from './serve-subgraph.ts';
export * from './subgraph-config.ts';
