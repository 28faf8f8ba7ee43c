/** A language model one token at a time, whatever its graph looks like. */
export interface Decoder {
  /** Prompt and answer together; Infinity where the model looks at a sliding window. */
  readonly contextLength: number;
  readonly stopTokens: ReadonlySet<number>;
  encode(prompt: string): readonly number[];
  /** Tokens of text that another attempt already delivered after this prompt. */
  encodeContinuation(prompt: string, delivered: string): readonly number[];
  /** A new text stream: turns tokens into text that never splits a character. */
  textStream(): TextStream;
  /** Reads the prompt; resolves to the logits of the token after it. */
  start(tokens: readonly number[]): Promise<DecoderRun>;
}

export interface DecoderRun {
  readonly logits: Float32Array;
  next(token: number): Promise<Float32Array>;
}

export interface TextStream {
  push(token: number): string;
  flush(): string;
}
