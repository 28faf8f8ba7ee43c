import type { Hex } from '@assay/wire';
import type { Model } from './model.ts';

export interface ModelQuery {
  readonly text?: string | null;
  readonly task?: string | null;
  readonly publisher?: Hex | null;
  readonly maxPrice?: bigint | null;
  readonly liveOnly?: boolean | null;
}

export interface PageQuery {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** What the schema may ask of models; one object an operation, so that equal questions are asked once. */
export interface Models {
  search(query: ModelQuery, page: PageQuery): Promise<object>;
  find(id: Hex): Promise<Model | undefined>;
  /** All versions of a lineage, oldest first. */
  lineage(lineageId: Hex): Promise<readonly Model[]>;
  /** Other models with the very same ONNX file, oldest first. */
  duplicates(model: Model): Promise<readonly Model[]>;
}
