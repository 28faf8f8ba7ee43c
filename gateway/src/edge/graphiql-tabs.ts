interface Tab {
  readonly query: string;
  readonly variables?: string;
  readonly headers?: string;
}

const BEARER = JSON.stringify(
  { authorization: 'Bearer 0x<the token your grant was salted with>' },
  null,
  2,
);
const json = (value: unknown) => JSON.stringify(value, null, 2);

/** What a first visitor finds: one job, from looking around to checking its receipts. */
export const GRAPHIQL_TABS: readonly Tab[] = [
  {
    query: `# 1. Look around: models, who serves them, what they cost and how far to trust them.
query Market {
  network { chainId gateway hostedKey gatewayFeePpm paymentToken { symbol decimals address } }
  models(first: 10) {
    edges { node {
      id name version task unit trust
      offers(first: 5) { edges { node {
        livePrice priceCeiling
        provider { id region live { status inFlight capacity } reputation { score } staking { own delegated } }
      } } }
    } }
  }
}
`,
  },
  {
    query: `# 2. Quote: free and firm. "binding" names the hard limit that stands in the way.
query Quote($intent: IntentInput!) {
  quote(intent: $intent) {
    id feasible price latencyP50Ms latencyP90Ms providers expiresAt binding
    relaxation { constraint to price }
  }
}
`,
    variables: json({
      intent: {
        target: { task: 'text-generation' },
        must: { maxPrice: '50000' },
        prefer: { optimise: 'BALANCED' },
      },
    }),
  },
  {
    query: `# 3. Submit. The Headers pane below carries your session's bearer token.
mutation Submit($intent: IntentInput!, $input: JobInput!) {
  submitJob(intent: $intent, input: $input) { id status model { id } }
}
`,
    variables: json({
      intent: { target: { task: 'text-generation' }, must: { maxPrice: '50000' } },
      input: { text: { prompt: 'The provider ', maxTokens: 40, seed: '7' } },
    }),
    headers: BEARER,
  },
  {
    query: `# 4. Watch. Resume after a cut with the last seq you saw.
subscription Watch($jobId: ID!, $after: Int = 0) {
  jobEvents(jobId: $jobId, after: $after) {
    __typename seq at
    ... on JobAssigned { providerId maxPrice }
    ... on JobOutput { text tensors { name datatype shape base64 blob } }
    ... on JobFailedOver { fromProviderId code }
    ... on JobCompleted { units price latencyMs receipts { ticket outputRoot signer signature } }
    ... on JobFailed { code message retryable }
  }
}
`,
    variables: json({ jobId: '0x', after: 0 }),
    headers: BEARER,
  },
  {
    query: `# 5. Check: receipts, why this provider, and what the session has paid.
query Check($jobId: ID!, $sessionId: ID!) {
  job(id: $jobId) {
    status attempts units price
    provider { id reputation { score parts { name value weight explanation } } }
    receipts { ticket execClass inputRoot outputRoot units price signer signature }
  }
  routeExplanation(jobId: $jobId) { policy chosen candidates { providerId eligible reason score } }
  session(id: $sessionId) { status deposit spent held free }
}
`,
    variables: json({ jobId: '0x', sessionId: '0x' }),
    headers: BEARER,
  },
];
