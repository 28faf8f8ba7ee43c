import { jsonOf } from './json-of.ts';

const events = new WeakMap<object, string>();

/** A result as the `next` event of an event stream, made once however many subscribers get it. */
export function eventOf(result: object): string {
  const known = events.get(result);
  if (known !== undefined) return known;
  const event = `event: next\ndata: ${jsonOf(result)}\n\n`;
  events.set(result, event);
  return event;
}
