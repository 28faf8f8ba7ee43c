import type { Network } from '@assay/wire';
import { data } from './graphql.ts';
import { type GrantWishes, signGrant } from './sign-grant.ts';

export const OPEN_SESSION = `mutation ($grant: GrantInput!, $authorization: AuthorizationInput!) {
  openSession(grant: $grant, authorization: $authorization) { transaction session { id status deposit spent free } }
}`;

/** Opens a session with one signature; `token` is its bearer token. */
export async function openSession(network: Network, wishes: GrantWishes = {}) {
  const { token, sessionId, variables } = await signGrant(network, wishes);
  const { openSession: opened } = await data(network.graphql, { query: OPEN_SESSION, variables });
  return { token, sessionId, ...opened };
}
