const texts = new WeakMap<object, string>();

/** A result's JSON, made once however many subscribers get it. */
export function jsonOf(result: object): string {
  const known = texts.get(result);
  if (known !== undefined) return known;
  const text = JSON.stringify(result);
  texts.set(result, text);
  return text;
}

const events = new WeakMap<object, string>();

/** A result as the `next` event of an event stream, made once however many subscribers get it. */
export function eventOf(result: object): string {
  const known = events.get(result);
  if (known !== undefined) return known;
  const event = `event: next\ndata: ${jsonOf(result)}\n\n`;
  events.set(result, event);
  return event;
}
