export * from './counting-proxy.ts';
export * from './mock-index.ts';
export * from './start-backing.ts';
