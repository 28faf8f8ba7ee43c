import { formatError, isUnexpected } from '@assay/kit';
import { AssayError, isErrorCode } from '@assay/wire';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** Extensions that libraries add for themselves. */
const PRIVATE = new Set(['stacktrace', 'exception', 'originalError', 'serviceName', 'http']);

/** What a subgraph answered is plain data once it has crossed the transport. */
type GivenError = Partial<Omit<GraphQLFormattedError, 'extensions'>> & {
  readonly extensions?: Readonly<Record<string, unknown>>;
};

/**
 * One error as a client sees it: always `extensions.code`, never a stack. What no code names is masked as G800
 * with the request's id, and `onMasked` hears the original.
 */
export function clientError(
  error: unknown,
  requestId: string,
  onMasked: (error: unknown) => void,
): GraphQLFormattedError {
  const given = (error ?? {}) as GivenError;
  if (isErrorCode(given.extensions?.assayCode))
    return { ...toPlain(given), extensions: cleaned(given) };
  const readable = error instanceof GraphQLError ? withRequestCode(error) : error;
  if (!isUnexpected(readable)) return formatError(readable);
  onMasked(error);
  const { locations, path } = toPlain(given);
  const masked = formatError(new AssayError('G800', { details: { requestId } }));
  return { ...masked, ...(locations && { locations }), ...(path && { path }) };
}

function toPlain(error: GivenError): GraphQLFormattedError {
  const { message = '', locations, path } = error;
  return { message, ...(locations && { locations }), ...(path && { path }) };
}

function cleaned(error: GivenError): Record<string, unknown> {
  const kept = Object.entries(error.extensions ?? {}).filter(([name]) => !PRIVATE.has(name));
  return Object.fromEntries(kept);
}

/** graphql-js gives syntax errors and misfit variables no code of their own. */
function withRequestCode(error: GraphQLError): GraphQLError {
  const { message, extensions, nodes, source, positions, path } = error;
  if (extensions.code !== undefined || path !== undefined) return error;
  const code = REQUEST_FAULTS.find(([start]) => message.startsWith(start))?.[1];
  if (code === undefined) return error;
  const coded = { ...extensions, code };
  const place = { nodes: nodes ?? null, source: source ?? null, positions: positions ?? null };
  return new GraphQLError(message, { ...place, extensions: coded });
}

const REQUEST_FAULTS = [
  ['Syntax Error', 'GRAPHQL_PARSE_FAILED'],
  ['Variable "$', 'BAD_USER_INPUT'],
] as const;
