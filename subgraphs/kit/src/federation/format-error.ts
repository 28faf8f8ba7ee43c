import { AssayError, type ErrorCode } from '@assay/wire';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** What GraphQL itself says about a malformed request; its message is meant for the client. */
const REQUEST_CODES = new Set([
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

/** The AssayError behind an error, however often GraphQL wrapped it. */
export function assayErrorOf(error: unknown): AssayError | undefined {
  if (error instanceof AssayError) return error;
  return error instanceof GraphQLError && error.originalError !== undefined
    ? assayErrorOf(error.originalError)
    : undefined;
}

/** True for an error that no client caused and no code names: it is masked and logged. */
export function isUnexpected(error: unknown): boolean {
  if (assayErrorOf(error) !== undefined) return false;
  const code = error instanceof GraphQLError ? error.extensions.code : undefined;
  if (typeof code === 'string') return !REQUEST_CODES.has(code);
  return !isCoercionError(error);
}

/** Variables are coerced before any field runs: such errors have neither a path nor an origin. */
function isCoercionError(error: unknown): boolean {
  return (
    error instanceof GraphQLError && error.path === undefined && error.originalError === undefined
  );
}

/** What leaves the process: a documented code, the facts, what to do next; never a stack. */
export function formatError(error: unknown): GraphQLFormattedError {
  const place = placeOf(error);
  if (isUnexpected(error)) return { ...described(new AssayError('G800')), ...place };
  const known = assayErrorOf(error);
  if (known !== undefined) return { ...described(known), ...place };
  return { ...requestFault(error as GraphQLError), ...place };
}

function placeOf(error: unknown): Pick<GraphQLFormattedError, 'locations' | 'path'> {
  if (!(error instanceof GraphQLError)) return {};
  const { locations, path } = error.toJSON();
  return { ...(locations && { locations }), ...(path && { path }) };
}

function described(error: AssayError): GraphQLFormattedError {
  const { message, graphqlCode, code, retryable, hint, details, docs, retryAfterMs } = error;
  const extensions = { code: graphqlCode, assayCode: code, retryable, hint, details, docs };
  return {
    message,
    extensions: retryAfterMs === undefined ? extensions : { ...extensions, retryAfterMs },
  };
}

const REQUEST_FAULT: ErrorCode = 'I100';
const REQUEST_HINT = 'Correct what the message names; the schema says what is expected.';

function requestFault(error: GraphQLError): GraphQLFormattedError {
  const { extensions = {} } = described(new AssayError(REQUEST_FAULT, { hint: REQUEST_HINT }));
  const code = error.extensions.code ?? 'BAD_USER_INPUT';
  return { message: error.message, extensions: { ...extensions, code } };
}
