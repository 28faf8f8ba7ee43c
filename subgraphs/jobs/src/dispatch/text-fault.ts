import { type FrameMeta, longestText } from '@assay/wire';

/** Generated text so far: what was delivered, the tokens it is said to have, and those the job may have. */
export interface GeneratedText {
  readonly text: string;
  readonly units: number;
  readonly maxTokens: number;
}

/** What is wrong with a chunk's text after what came before it: longer than all their tokens can be. */
export function textFault(
  meta: FrameMeta<'chunk'>,
  { text, units, maxTokens }: GeneratedText,
): string | undefined {
  const characters = text.length + (meta.text?.length ?? 0);
  const tokens = Math.min(units + Number(meta.units), maxTokens);
  if (characters <= longestText(tokens)) return undefined;
  return `a text of ${characters} characters for ${tokens} tokens`;
}
