import type { SubgraphRequest } from '@assay/kit';
import { type Identity, signIdentity } from '@assay/wire';
import type { ExecutionRequest, Executor } from '@graphql-tools/utils';
import type { CallerContext } from './caller.ts';
import type { FederatedSubgraph } from './remote-subgraph.ts';

/** Signs who is asking, afresh for every request: a subscription may fetch entities hours after it began. */
export type SignIdentity = (identity: Identity) => string;

export function identitySigner(secret: string): SignIdentity {
  return (identity) => signIdentity(identity, secret, Date.now());
}

/**
 * The one transport of the supergraph. In one process it is a function call into the subgraph; a remote
 * subgraph is the same interface, so both ways to run share every line above this one.
 */
export function subgraphTransport(subgraphs: readonly FederatedSubgraph[], sign: SignIdentity) {
  const byName = new Map<string, FederatedSubgraph>(
    subgraphs.map((subgraph) => [subgraph.name, subgraph]),
  );
  return {
    getSubgraphExecutor({ subgraphName }: { subgraphName: string }): Executor {
      const subgraph = byName.get(subgraphName);
      if (subgraph === undefined) throw new Error(`no subgraph named ${subgraphName}`);
      return executorOf(subgraph, sign);
    },
  };
}

function executorOf(subgraph: FederatedSubgraph, sign: SignIdentity): Executor {
  const execute = (request: ExecutionRequest<Record<string, unknown>, CallerContext>) => {
    const forwarded = forward(request, sign);
    return request.operationType === 'subscription'
      ? subgraph.subscribe(forwarded)
      : subgraph.execute(forwarded);
  };
  return execute as Executor;
}

function forward(
  {
    document,
    variables,
    operationName,
    context,
  }: ExecutionRequest<Record<string, unknown>, CallerContext>,
  sign: SignIdentity,
): SubgraphRequest {
  const identity = context?.caller ?? { requestId: 'gateway' };
  return {
    document,
    identityHeader: sign(identity),
    ...(variables === undefined ? {} : { variables: variables as Record<string, unknown> }),
    ...(operationName === undefined ? {} : { operationName }),
  };
}
