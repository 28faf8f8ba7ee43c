const texts = new WeakMap<object, string>();

/** A result's JSON, made once however many subscribers get it. */
export function jsonOf(result: object): string {
  const known = texts.get(result);
  if (known !== undefined) return known;
  const text = JSON.stringify(result);
  texts.set(result, text);
  return text;
}
