export * from './blob-store.ts';
export * from './file-blob-store.ts';
export * from './parse-blob-id.ts';
