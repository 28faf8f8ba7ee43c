/** JSON needs no more for a UTF-16 unit (an escaped control character), and never less than one byte. */
const WORST_BYTES = 6;
const jsonBytes = (text: string): number => Buffer.byteLength(JSON.stringify(text)) - 2;

/** The end of a text that takes at most `bytes` in JSON, as UTF-8; never cut inside a character. */
export function textTail(text: string, bytes: number): string {
  let tail = wholeCharacters(text.slice(-bytes));
  for (let over = jsonBytes(tail) - bytes; over > 0; over = jsonBytes(tail) - bytes)
    tail = wholeCharacters(tail.slice(Math.ceil(over / WORST_BYTES)));
  return tail;
}

/** Without the second half of a surrogate pair at its start. */
function wholeCharacters(text: string): string {
  return /^[\uDC00-\uDFFF]/.test(text) ? text.slice(1) : text;
}
