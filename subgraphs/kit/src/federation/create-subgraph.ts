import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
} from '@apollo/server/plugin/disabled';
import { type Identity, identityVerifier } from '@assay/wire';
import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  subscribe as graphqlSubscribe,
  print,
  validate,
} from 'graphql';
import type { Registry } from 'prom-client';
import type { Log } from '../process/log.ts';
import { createMetrics, type Metrics } from '../process/metrics.ts';
import type { Subgraph, SubgraphName, SubgraphRequest } from '../subgraph.ts';
import { buildFederatedSchema, type SchemaParts } from './build-federated-schema.ts';
import { formatError, isUnexpected } from './format-error.ts';
import { mapIterator } from './result-iterator.ts';

export interface SubgraphOptions<C extends object> extends SchemaParts<C> {
  readonly name: SubgraphName;
  /** Shared with the gateway; signs the identity header. */
  readonly identitySecret: string;
  /** One context an operation: DataLoaders live here. */
  readonly createContext: (identity: Identity) => C | Promise<C>;
  readonly log: Log;
  readonly metrics?: Metrics;
  /** Rejects while this subgraph cannot answer. */
  readonly ready?: () => Promise<void>;
  /** Releases what the resolvers use. */
  readonly close?: () => Promise<void>;
}

/** A subgraph that can also be served over HTTP and WebSocket. */
export interface ServableSubgraph extends Subgraph {
  readonly apollo: ApolloServer<object>;
  readonly registry: Registry;
  readonly log: Log;
  /** Rejects while this subgraph cannot answer. */
  ready(): Promise<void>;
  /** @throws G803 for a missing, forged or stale identity header. */
  contextOf(identityHeader: string | undefined): Promise<object>;
}

/**
 * Builds a subgraph from type-graphql classes.
 *
 * @example const models = await createSubgraph({ name: 'models', resolvers: [ModelResolver], … });
 */
export async function createSubgraph<C extends object>(
  options: SubgraphOptions<C>,
): Promise<ServableSubgraph> {
  const { name, log, identitySecret, createContext } = options;
  const metrics = options.metrics ?? createMetrics(name);
  const { sdl, schema } = await buildFederatedSchema(options);
  const reporter = createReporter(log, metrics);
  const apollo = new ApolloServer<object>({
    schema,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    // Cache hints would instrument every field, and nothing behind a gateway reads them.
    plugins: [
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      reporter.plugin,
    ],
    formatError: (_, error) => formatError(error),
  });
  await apollo.start();

  const verifyIdentity = identityVerifier(identitySecret);
  const contextOf = async (identityHeader: string | undefined): Promise<object> => {
    const identity = verifyIdentity(identityHeader, Date.now());
    const context = await createContext(identity);
    reporter.remember(context, identity.requestId);
    return context;
  };

  const execute = async (request: SubgraphRequest): Promise<ExecutionResult> => {
    const contextValue = await contextOf(request.identityHeader);
    const response = await apollo.executeOperation(
      { query: printed(request.document), ...namedVariables(request) },
      { contextValue },
    );
    if (response.body.kind === 'single') return response.body.singleResult as ExecutionResult;
    throw new Error('a subgraph answers in one part');
  };

  const faultsOf = oncePerDocument((document) => validate(schema, document));
  const subscribe = async (request: SubgraphRequest) => {
    const contextValue = await contextOf(request.identityHeader);
    const faults = faultsOf(request.document);
    if (faults.length > 0) return { errors: faults.map(formatError) } as never;
    const { variables, operationName } = namedVariables(request);
    const result = await graphqlSubscribe({
      schema,
      document: request.document,
      contextValue,
      variableValues: variables,
      operationName,
    });
    const format = (one: ExecutionResult) => reporter.formatted(one, contextValue);
    if (!(Symbol.asyncIterator in result)) return format(result);
    return endedByErrors(mapIterator(result, format), (error) =>
      reporter.formatted({ errors: [error] }, contextValue),
    );
  };

  const close = async () => {
    await apollo.stop();
    await options.close?.();
  };

  return {
    name,
    sdl,
    schema,
    apollo,
    registry: metrics.registry,
    log,
    contextOf,
    ready: async () => options.ready?.(),
    execute: (request) => execute(request).catch(failedResult),
    subscribe: (request) => subscribe(request).catch(failedResult),
    close,
  };
}

/** A source that fails ends the stream with one result that says why. */
function endedByErrors(
  results: AsyncIterableIterator<ExecutionResult>,
  failed: (error: GraphQLError) => ExecutionResult,
): AsyncIterableIterator<ExecutionResult> {
  let ended = false;
  return {
    async next() {
      if (ended) return { done: true, value: undefined };
      try {
        return await results.next();
      } catch (cause) {
        ended = true;
        const error = cause instanceof GraphQLError ? cause : wrapped(cause);
        return { done: false, value: failed(error) };
      }
    },
    async return() {
      ended = true;
      await results.return?.();
      return { done: true, value: undefined };
    },
    // graphql-sse releases only what has all three methods of a generator.
    async throw(error: unknown) {
      ended = true;
      await results.return?.();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function wrapped(cause: unknown): GraphQLError {
  const originalError = cause instanceof Error ? cause : new Error(String(cause));
  return new GraphQLError(originalError.message, { originalError });
}

function failedResult(error: unknown): ExecutionResult {
  return { errors: [formatError(error)] } as unknown as ExecutionResult;
}

function namedVariables({ variables, operationName }: SubgraphRequest) {
  return { variables: variables ?? {}, ...(operationName !== undefined && { operationName }) };
}

/** Printing and validating cost more than executing; the gateway sends the same document object for the same plan. */
function oncePerDocument<T>(make: (document: DocumentNode) => T): (document: DocumentNode) => T {
  const made = new WeakMap<DocumentNode, { readonly value: T }>();
  return (document) => {
    const known = made.get(document) ?? { value: make(document) };
    made.set(document, known);
    return known.value;
  };
}

const printed = oncePerDocument(print);

/** Counts operations and logs each unexpected error once, with the request it belongs to. */
function createReporter(log: Log, metrics: Metrics) {
  const requestIds = new WeakMap<object, string>();
  const reported = new WeakSet<object>();
  const operations = metrics.counter('subgraph_operations_total', 'Operations executed');
  const failures = metrics.counter('subgraph_unexpected_errors_total', 'Errors without a code');
  const seconds = metrics.histogram('subgraph_operation_seconds', 'Time of one operation');

  const report = (errors: readonly unknown[], context: object) => {
    for (const error of errors.filter(isUnexpected)) {
      const cause = (error as { originalError?: unknown }).originalError ?? error;
      if (typeof cause === 'object' && cause !== null) {
        if (reported.has(cause)) continue;
        reported.add(cause);
      }
      failures.inc();
      log.error({ err: cause, requestId: requestIds.get(context) }, 'unexpected error');
    }
  };
  const plugin: ApolloServerPlugin<object> = {
    async requestDidStart() {
      const stop = seconds.startTimer();
      return {
        async didEncounterErrors({ errors, contextValue }) {
          report(errors, contextValue);
        },
        async willSendResponse() {
          operations.inc();
          stop();
        },
      };
    },
  };
  return {
    plugin,
    remember: (context: object, requestId: string) => requestIds.set(context, requestId),
    formatted(result: ExecutionResult, context: object): ExecutionResult {
      if (result.errors === undefined) return result;
      report(result.errors, context);
      return { ...result, errors: result.errors.map(formatError) } as unknown as ExecutionResult;
    },
  };
}
