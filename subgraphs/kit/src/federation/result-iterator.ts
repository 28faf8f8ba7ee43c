/** Maps a stream; `return()` reaches the source at once, even while a value is awaited. */
export function mapIterator<A, B>(
  source: AsyncIterable<A>,
  map: (value: A) => B,
): AsyncIterableIterator<B> {
  const iterator = source[Symbol.asyncIterator]();
  const mapped = (result: IteratorResult<A>): IteratorResult<B> =>
    result.done === true
      ? { done: true, value: undefined }
      : { done: false, value: map(result.value) };
  return {
    async next() {
      return mapped(await iterator.next());
    },
    async return() {
      await iterator.return?.();
      return { done: true, value: undefined };
    },
    async throw(error: unknown) {
      await iterator.return?.();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
