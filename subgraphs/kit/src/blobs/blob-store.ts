import type { Hex } from '@assay/wire';

export type BlobSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** A stored blob, ready to be streamed. */
export interface StoredBlob {
  readonly sha256: Hex;
  readonly bytes: number;
  /** Epoch ms after which the blob is gone. */
  readonly expiresAt: number;
  stream(): AsyncIterable<Uint8Array>;
}

/** Bytes addressed by their sha256: large input and output tensors on their way between client, gateway and provider. */
export interface BlobStore {
  /**
   * Stores what `source` yields, checking length and hash while it streams; nothing is visible before both fit.
   * Throws I100 where the bytes do not have this sha256 and G802 where they are too many.
   */
  put(sha256: Hex, source: BlobSource): Promise<StoredBlob>;
  /** Stores bytes at hand under their own hash. */
  add(bytes: Uint8Array): Promise<StoredBlob>;
  /** The blob, or undefined where it is unknown or has expired. */
  find(sha256: Hex): Promise<StoredBlob | undefined>;
  /** All bytes of a blob. Throws I110 where it is unknown or has expired. */
  read(sha256: Hex): Promise<Uint8Array>;
  remove(sha256: Hex): Promise<void>;
  /** Stops the sweep of expired blobs. What is stored stays. */
  close(): Promise<void>;
}
