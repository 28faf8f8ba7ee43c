export * from './index-client.ts';
