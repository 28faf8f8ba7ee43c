/** What one model may ask for in `peakMemoryBytes` unless the config says otherwise. */
export const DEFAULT_MAX_MEMORY_BYTES = 4 * 1024 ** 3;
