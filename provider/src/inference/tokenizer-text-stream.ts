import type { TextStream } from './decoder.ts';

/** Longest a half character is waited for: after this many tokens the bytes are simply not text. */
const PATIENCE = 8;
const HALF = '\uFFFD';

/**
 * Text of tokens as they come, never half a character: a token may end inside a UTF-8 sequence, and decoders add or
 * drop spaces by what stands before, so the text is the difference between two decodings of the recent tokens.
 */
export function tokenizerTextStream(decode: (tokens: number[]) => string): TextStream {
  let tokens: number[] = [];
  /** Tokens whose text is out already, kept as context. */
  let context = 0;

  function release(): string {
    const before = decode(tokens.slice(0, context));
    const text = decode(tokens).slice(before.length);
    tokens = tokens.slice(context);
    context = tokens.length;
    return text;
  }

  return {
    push(token) {
      tokens.push(token);
      const unfinished = decode(tokens).endsWith(HALF) && tokens.length - context < PATIENCE;
      return unfinished ? '' : release();
    },
    flush: () => (tokens.length > context ? release() : ''),
  };
}
