import { AssayError } from './errors.ts';
import { type FrameMeta, LONGEST_PREFIX } from './link-frames.ts';

type Ticket = FrameMeta<'ticket'>;
type TextInput = Extract<Ticket['input'], { kind: 'text' }>;

/** Of a ticket's meta of at most 64 KiB. */
const META_BYTES = 48 * 1024;
const fitsMeta = (text: string): boolean =>
  Buffer.byteLength(JSON.stringify(text)) - 2 <= META_BYTES;

/** A ticket as it travels: a delivered text too long for the meta follows the prompt in the body. */
export function packPrefix(
  meta: Ticket,
  body: readonly Uint8Array[],
): { readonly meta: Ticket; readonly body: readonly Uint8Array[] } {
  const { input } = meta;
  const { deliveredPrefix = '', ...params } = meta.params;
  if (input.kind !== 'text' || fitsMeta(deliveredPrefix)) return { meta, body };
  const prefix = Buffer.from(deliveredPrefix, 'utf8');
  const packed = { ...input, deliveredBytes: prefix.byteLength };
  return { meta: { ...meta, params, input: packed }, body: [...body, prefix] };
}

/** The ticket that was packed: its body is the payload alone. Throws L700 where the body is shorter, I103 where it is no text. */
export function unpackPrefix(
  meta: Ticket,
  body: Uint8Array,
): { readonly meta: Ticket; readonly body: Uint8Array } {
  const { input } = meta;
  if (input.kind !== 'text' || input.deliveredBytes === undefined) return { meta, body };
  const deliveredPrefix = prefixIn(input, body);
  const { deliveredBytes: _, ...plain } = input;
  return {
    meta: { ...meta, input: plain, params: { ...meta.params, deliveredPrefix } },
    body: body.subarray(0, input.bytes),
  };
}

function prefixIn({ bytes, deliveredBytes }: TextInput, body: Uint8Array): string {
  if (bytes + (deliveredBytes ?? 0) !== body.byteLength)
    throw new AssayError('L700', { details: { reason: 'body and delivered text differ' } });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body.subarray(bytes));
  } catch (cause) {
    throw new AssayError('I103', { cause, details: { input: 'deliveredPrefix' } });
  }
  if (text.length <= LONGEST_PREFIX) return text;
  throw new AssayError('L700', {
    details: { reason: 'the delivered text is too long', limit: LONGEST_PREFIX },
  });
}
