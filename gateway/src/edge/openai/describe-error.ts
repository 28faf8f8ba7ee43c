import type { AssayError } from '@assay/wire';

const TYPES: Readonly<Record<string, string>> = {
  UNAUTHENTICATED: 'authentication_error',
  FORBIDDEN: 'permission_error',
  NOT_FOUND: 'not_found_error',
  RATE_LIMITED: 'rate_limit_error',
  UNAVAILABLE: 'service_unavailable_error',
  INTERNAL_SERVER_ERROR: 'server_error',
};

/** An error in the form that OpenAI's clients parse. */
export function describeError(error: AssayError): object {
  const { field, reason } = error.details as { field?: string; reason?: string };
  const message = [error.message, reason, error.hint].filter(Boolean).join(' ');
  const type = TYPES[error.graphqlCode] ?? 'invalid_request_error';
  return { error: { message, type, param: field ?? null, code: error.code } };
}
