import type { Network } from '@assay/wire';

/** What to do with a running network: its addresses, and two things to paste. */
export function summary(
  network: Network,
  networkFile: string,
  demo?: { token: string; jobId: string },
): string {
  const { graphql, graphqlWs, rest, chainRpc, indexGraphql, redisUrl } = network;
  const query =
    '{ models { edges { node { name trust offers { edges { node { livePrice provider { id region reputation { score } } } } } } } } }';
  const lines = [
    ['GraphQL, and GraphiQL in a browser', graphql],
    ['subscriptions', graphqlWs],
    ['tensor and OpenAI-compatible edges', rest],
    ['chain', chainRpc],
    ['index', indexGraphql],
    ['Redis', redisUrl],
    ['all of it, for programs', networkFile],
  ];
  const table = lines.map(([what = '', where]) => `  ${what.padEnd(36)}${where}`).join('\n');
  return `
${table}

Ask the federated graph (four subgraphs answer):

  curl -s ${graphql} -H 'content-type: application/json' -d '{"query":"${query}"}'
${demo === undefined ? '' : follow(graphql, demo)}`;
}

function follow(graphql: string, { token, jobId }: { token: string; jobId: string }): string {
  const subscription = `subscription { jobEvents(jobId: \\"${jobId}\\") { __typename seq ... on JobOutput { text } ... on JobCompleted { price latencyMs } } }`;
  return `
Follow the last job again from its first event, as server-sent events (the token only follows: the
key that pays for more left with the demonstration; provider/README.md opens a session to keep):

  curl -sN ${graphql} -H 'content-type: application/json' -H 'accept: text/event-stream' \\
    -H 'authorization: Bearer ${token}' -d '{"query":"${subscription}"}'
`;
}
