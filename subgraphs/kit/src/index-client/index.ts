export * from './index-client.ts';
export * from './read-all.ts';
