import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  parse,
  validate,
  visit,
} from 'graphql';
import { OPERATION_LIMITS, tooLarge } from './operation-limits.ts';

/** Parses and validates; what was seen lately is not parsed again, and keeps its query plan. */
export interface DocumentCache {
  /** Throws a GraphQLError, or an AggregateError of them, or G802. */
  get(query: string): DocumentNode;
}

/** Characters of all documents that are kept. */
const KEPT_CHARACTERS = 2 * 1024 * 1024;
const REPORTED_ERRORS = 10;

export function createDocumentCache(schema: GraphQLSchema): DocumentCache {
  const kept = new Map<string, DocumentNode>();
  let characters = 0;

  function keep(query: string, document: DocumentNode): void {
    kept.set(query, document);
    characters += query.length;
    for (const oldest of kept.keys()) {
      if (characters <= KEPT_CHARACTERS) return;
      kept.delete(oldest);
      characters -= oldest.length;
    }
  }

  return {
    get(query) {
      const known = kept.get(query);
      if (known !== undefined) {
        kept.delete(query); // the last one used is the last to go
        kept.set(query, known);
        return known;
      }
      const document = parseBounded(query);
      const faults = validate(schema, document, undefined, { maxErrors: REPORTED_ERRORS });
      if (faults.length > 0) throw new AggregateError(faults.map(asValidationFault));
      keep(query, document);
      return document;
    },
  };
}

function parseBounded(query: string): DocumentNode {
  if (query.length > OPERATION_LIMITS.characters) throw tooLarge('characters', query.length);
  const document = parse(query, { maxTokens: OPERATION_LIMITS.tokens });
  let fields = 0;
  visit(document, { Field: () => void fields++ });
  if (fields > OPERATION_LIMITS.fields) throw tooLarge('fields', fields);
  return document;
}

function asValidationFault(fault: GraphQLError): GraphQLError {
  fault.extensions.code ??= 'GRAPHQL_VALIDATION_FAILED';
  return fault;
}
