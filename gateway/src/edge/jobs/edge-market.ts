import type { BlobStore, Log } from '@assay/kit';
import type { JobsPort } from '@assay/wire';
import type { ModelCatalogue } from './model-catalogue.ts';

/** What the tensor and text edges stand on. */
export interface EdgeMarket {
  readonly jobs: JobsPort;
  readonly models: ModelCatalogue;
  readonly blobs: BlobStore;
  readonly log: Log;
}
