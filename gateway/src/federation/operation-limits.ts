import { AssayError } from '@assay/wire';
import { type OperationDefinitionNode, OperationTypeNode } from 'graphql';
import { type WeighedOperation, weighOperation } from './weigh-operation.ts';

export const OPERATION_LIMITS = {
  /** Longest document; tensors belong in variables. */
  characters: 128 * 1024,
  tokens: 10_000,
  /** Validation compares fields of one response key with each other. */
  fields: 1_000,
  depth: 15,
  cost: 5_000,
} as const;

/** Throws G802 where an operation is too deep or may answer with too much. */
export function refuseHeavy(operation: WeighedOperation): void {
  const { depth, cost } = weighOperation(operation);
  if (depth > OPERATION_LIMITS.depth) throw tooLarge('depth', depth);
  if (cost > OPERATION_LIMITS.cost) throw tooLarge('cost', cost);
}

/** A link must not be able to spend: throws I100 for a mutation over GET. */
export function refuseUnsafe({ operation }: OperationDefinitionNode): void {
  if (operation !== OperationTypeNode.MUTATION) return;
  throw new AssayError('I100', {
    details: { field: 'method', reason: 'a mutation over GET' },
    hint: 'Send mutations with POST.',
  });
}

export function tooLarge(limit: keyof typeof OPERATION_LIMITS, actual: number): AssayError {
  return new AssayError('G802', { details: { limit, allowed: OPERATION_LIMITS[limit], actual } });
}
