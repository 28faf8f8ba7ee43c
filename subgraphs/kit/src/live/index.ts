export * from './live-directory.ts';
