import { InferenceFault } from './inference-fault.ts';

/** The value, or the fault it threw: for jobs of a batch that must not spoil each other. */
export async function guarded<T>(work: () => T | Promise<T>): Promise<T | InferenceFault> {
  try {
    return await work();
  } catch (error) {
    return asFault(error);
  }
}

/** Unknown errors become P300 with their message; stacks stay in the child. */
export function asFault(error: unknown): InferenceFault {
  if (error instanceof InferenceFault) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof RangeError && /allocation|array length/i.test(text))
    return new InferenceFault('P309', { cause: error });
  return new InferenceFault('P300', { cause: error, details: { reason: text.slice(0, 300) } });
}
