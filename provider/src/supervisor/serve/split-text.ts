/** Bytes of JSON that a piece may take: a frame's meta is at most 64 KiB. */
const PIECE_BYTES = 32 * 1024;
/** No UTF-16 unit needs more than this in JSON (an escaped control character). */
const WORST_BYTES = 6;

/** Cuts text into pieces that fit a frame's meta, never inside a surrogate pair. Empty text is one empty piece. */
export function splitText(text: string, pieceBytes = PIECE_BYTES): string[] {
  if (text.length * WORST_BYTES <= pieceBytes) return [text];
  const pieces: string[] = [];
  const length = Math.floor(pieceBytes / WORST_BYTES);
  for (let start = 0; start < text.length; ) {
    let end = Math.min(text.length, start + length);
    if (end < text.length && /[\uD800-\uDBFF]/.test(text[end - 1] ?? '')) end -= 1;
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}
