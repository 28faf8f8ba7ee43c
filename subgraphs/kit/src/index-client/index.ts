export * from './chain-head.ts';
export * from './index-client.ts';
