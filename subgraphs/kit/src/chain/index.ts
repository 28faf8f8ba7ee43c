export * from './chain-head.ts';
export * from './rpc-client.ts';
