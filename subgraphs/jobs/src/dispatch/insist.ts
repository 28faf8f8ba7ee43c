import { AssayError } from '@assay/wire';

const TRIES = 8;
const WAIT_MS = 250;

/** Repeats what the store could not take just now (G805). Only for operations that may happen twice without harm. */
export async function insist<T>(act: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await act();
    } catch (error) {
      const away = error instanceof AssayError && error.code === 'G805';
      if (!away || tries === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS * tries));
    }
  }
}
