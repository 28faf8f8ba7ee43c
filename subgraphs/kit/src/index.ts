export * from './blobs/index.ts';
export * from './subgraph.ts';
