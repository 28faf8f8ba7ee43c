import type { SubgraphRequest } from '@assay/kit';
import { type Identity, signIdentity } from '@assay/wire';
import type { ExecutionRequest } from '@graphql-tools/utils';
import type { CallerContext } from './caller.ts';
import type { ExecuteAtSubgraph } from './plan-in-rust.ts';
import type { FederatedSubgraph } from './remote-subgraph.ts';

/** The signed header that says who is asking. */
export type SignIdentity = (identity: Identity) => string;

/** A header is good for a minute; a subscription that fetches entities hours later gets a new one. */
const REUSE_MS = 20_000;

/** Signs each caller once for all the subgraphs that one operation visits. */
export function identitySigner(secret: string, now: () => number = Date.now): SignIdentity {
  const signed = new WeakMap<Identity, { header: string; at: number }>();
  return (identity) => {
    const at = now();
    const known = signed.get(identity);
    if (known !== undefined && at - known.at < REUSE_MS) return known.header;
    const header = signIdentity(identity, secret, at);
    signed.set(identity, { header, at });
    return header;
  };
}

/**
 * How the planner reaches subgraphs. In one process it is a function call; a remote subgraph is the same interface,
 * so both ways to run share every line above this one.
 */
export function executeAtSubgraphs(
  subgraphs: readonly FederatedSubgraph[],
  sign: SignIdentity,
): ExecuteAtSubgraph {
  const byName = new Map<string, FederatedSubgraph>(
    subgraphs.flatMap((subgraph) => [
      [subgraph.name, subgraph],
      [subgraph.name.toUpperCase(), subgraph], // the name of its enum value in the supergraph
    ]),
  );
  return (name, request) => {
    const subgraph = byName.get(name);
    if (subgraph === undefined) throw new Error(`no subgraph named ${name}`);
    const forwarded = forward(request as Parameters<typeof forward>[0], sign);
    return request.operationType === 'subscription'
      ? subgraph.subscribe(forwarded)
      : subgraph.execute(forwarded);
  };
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
