import { type FrameMeta, INLINE_TENSOR_BYTES } from '@assay/wire';

/** One attempt may deliver this many bytes inline and this many chunks. */
const MAX_INLINE_BYTES = 8 * 1024 * 1024;
const MAX_CHUNKS = 200_000;

/** What is wrong with a chunk where `next` is expected, or undefined. */
export function chunkFault(
  meta: FrameMeta<'chunk'>,
  body: Uint8Array,
  { next, inlineBytes }: { readonly next: number; readonly inlineBytes: number },
): string | undefined {
  if (meta.index !== next) return `chunk ${meta.index} where ${next} is next`;
  if (next >= MAX_CHUNKS) return `more than ${MAX_CHUNKS} chunks`;
  if (inlineBytes + body.byteLength > MAX_INLINE_BYTES)
    return `more than ${MAX_INLINE_BYTES} inline bytes`;
  const large = meta.tensors?.find((tensor) => (tensor.bytes ?? 0) > INLINE_TENSOR_BYTES);
  if (large !== undefined) return `tensor ${large.name} is too large to travel inline`;
  return undefined;
}
