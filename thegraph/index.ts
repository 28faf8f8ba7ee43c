export { buildIndex } from './tools/build-index.ts';
export { type PrepareOptions, prepareManifest } from './tools/prepare-manifest.ts';
