import { AssayError } from '@assay/wire';
import type { GatewayPlugin } from '@graphql-hive/gateway-runtime';
import {
  type DocumentNode,
  type ExecutionArgs,
  getOperationAST,
  parse,
  type Source,
  visit,
} from 'graphql';
import type { CallerContext } from './caller.ts';
import { type RateLimit, takeRate } from './rate-limit.ts';
import { weighOperation } from './weigh-operation.ts';

export const OPERATION_LIMITS = {
  /** Longest document; tensors belong in variables. */
  characters: 128 * 1024,
  tokens: 10_000,
  /** Validation compares fields of one response key with each other. */
  fields: 1_000,
  depth: 15,
  cost: 5_000,
} as const;

/** Refuses operations that are too many, too long, too deep or too costly, before any subgraph hears of them. */
export function useLimits(rate: RateLimit): GatewayPlugin<CallerContext> {
  return {
    onParams({ params, context, setResult }) {
      try {
        const caller = context as unknown as CallerContext;
        if (!caller.internal) takeRate(rate, caller);
        const length = params.query?.length ?? 0;
        if (length > OPERATION_LIMITS.characters) throw tooLarge('characters', length);
      } catch (error) {
        setResult({ errors: [error] } as never); // thrown here it would leave GraphQL's error path
      }
    },
    onParse({ setParseFn }) {
      setParseFn(parseBounded);
    },
    onExecute({ args }) {
      const { document, operationName, contextValue } = args as ExecutionArgs;
      if ((contextValue as CallerContext).safeOnly) refuseMutation(document, operationName);
      refuseHeavy(args as ExecutionArgs);
    },
    onSubscribe({ args }) {
      refuseHeavy(args as ExecutionArgs);
    },
  };
}

function parseBounded(source: string | Source): DocumentNode {
  const document = parse(source, { maxTokens: OPERATION_LIMITS.tokens });
  let fields = 0;
  visit(document, { Field: () => void fields++ });
  if (fields > OPERATION_LIMITS.fields) throw tooLarge('fields', fields);
  return document;
}

function refuseHeavy({ schema, document, operationName, variableValues }: ExecutionArgs): void {
  const weight = weighOperation({ schema, document, operationName, variables: variableValues });
  if (weight.depth > OPERATION_LIMITS.depth) throw tooLarge('depth', weight.depth);
  if (weight.cost > OPERATION_LIMITS.cost) throw tooLarge('cost', weight.cost);
}

/** A link must not be able to spend. */
function refuseMutation(document: DocumentNode, operationName: string | null | undefined): void {
  if (getOperationAST(document, operationName)?.operation !== 'mutation') return;
  throw new AssayError('I100', {
    details: { field: 'method', reason: 'a mutation over GET' },
    hint: 'Send mutations with POST.',
  });
}

function tooLarge(limit: keyof typeof OPERATION_LIMITS, actual: number): AssayError {
  return new AssayError('G802', { details: { limit, allowed: OPERATION_LIMITS[limit], actual } });
}
