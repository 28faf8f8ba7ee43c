/** Only the values that pass; `return()` reaches the source at once, even while a value is awaited. */
export function filterIterator<T>(
  source: AsyncIterable<T>,
  passes: (value: T) => boolean,
): AsyncIterableIterator<T> {
  const iterator = source[Symbol.asyncIterator]();
  return {
    async next() {
      for (;;) {
        const result = await iterator.next();
        if (result.done === true || passes(result.value)) return result;
      }
    },
    async return() {
      await iterator.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
