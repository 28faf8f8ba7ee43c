// type-graphql's decorators need it before the first class that uses them.
import 'reflect-metadata';

export * from './blobs/index.ts';
export * from './chain/index.ts';
export * from './federation/index.ts';
export * from './index-client/index.ts';
export * from './live/index.ts';
export * from './pagination/index.ts';
export * from './process/index.ts';
export * from './scalars/index.ts';
export * from './stream/index.ts';
export * from './subgraph.ts';
