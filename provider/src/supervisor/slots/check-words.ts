import { AssayError, LINK_LIMITS, LONGEST_PROMPT } from '@assay/wire';
import { MAX_HEADER_BYTES } from '../../inference/frame.ts';
import type { RunRequest } from './slot-types.ts';

/** What the header of one frame to a child holds, but for the little around prompt and parameters. */
const MAX_WORDS_BYTES = MAX_HEADER_BYTES - LINK_LIMITS.metaBytes;

/**
 * Refuses a prompt beyond the market's limit, and words that no frame to a child could hold: prompt and parameters travel
 * in its header as JSON, where a character takes up to 6 bytes. Jobs with tensors share a frame, so each of them has what
 * a ticket's meta has. Throws P303.
 */
export function checkWords({ input, params }: Pick<RunRequest, 'input' | 'params'>): void {
  const prompt = input.kind === 'text' ? input.prompt : undefined;
  const promptBytes = Buffer.byteLength(prompt ?? '');
  if (promptBytes > LONGEST_PROMPT) throw tooLong('prompt', promptBytes, LONGEST_PROMPT);
  const limit = prompt === undefined ? LINK_LIMITS.metaBytes : MAX_WORDS_BYTES;
  const bytes = Buffer.byteLength(JSON.stringify({ prompt, params }));
  if (bytes > limit) throw tooLong('prompt and parameters', bytes, limit);
}

function tooLong(input: string, bytes: number, limitBytes: number): AssayError {
  return new AssayError('P303', {
    details: { input, reason: 'too long', bytes, limitBytes },
    hint: 'Shorten the text.',
  });
}
