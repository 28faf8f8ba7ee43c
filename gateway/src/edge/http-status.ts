import type { AssayError, ErrorCode } from '@assay/wire';

const STATUS: Readonly<Record<string, number>> = {
  BAD_USER_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  RATE_LIMITED: 429,
  INTERNAL_SERVER_ERROR: 500,
  UNAVAILABLE: 503,
};

/** The HTTP status of a coarse error code; what is wrong with a GraphQL document is 400. */
export function statusOfCode(code: unknown): number {
  return STATUS[String(code)] ?? 400;
}

/** Where HTTP has a more telling status than the coarse code. */
const OWN_STATUS: Readonly<Partial<Record<ErrorCode, number>>> = { G802: 413, I110: 404 };

export function statusOf(error: AssayError): number {
  return OWN_STATUS[error.code] ?? statusOfCode(error.graphqlCode);
}
