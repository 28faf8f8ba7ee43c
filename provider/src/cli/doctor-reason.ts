import { AssayError } from '@assay/wire';

/** An error in one line of doctor's. */
export function doctorReason(error: unknown): string {
  if (error instanceof AssayError)
    return [error.message, ...Object.values(error.details).map(String)].join(' ').slice(0, 300);
  return String((error as Error)?.message ?? error).slice(0, 300);
}
