interface Known {
  readonly graphql:
    | 'BAD_USER_INPUT'
    | 'UNAUTHENTICATED'
    | 'FORBIDDEN'
    | 'NOT_FOUND'
    | 'CONFLICT'
    | 'UNAVAILABLE'
    | 'RATE_LIMITED'
    | 'INTERNAL_SERVER_ERROR';
  readonly retryable: boolean;
  readonly message: string;
  readonly hint: string;
}

/**
 * Every error an Assay interface can answer. I1xx intent, R2xx routing, P3xx provider, S4xx settlement,
 * X5xx index, M6xx model bundles, L7xx provider link, G8xx gateway, N9xx local network. docs/ERRORS.md has a section for each.
 */
export const ERROR_CODES = {
  I100: {
    graphql: 'BAD_USER_INPUT',
    retryable: false,
    message: 'The request is malformed.',
    hint: 'Correct the field named in details and send it again.',
  },
  I101: {
    graphql: 'FORBIDDEN',
    retryable: false,
    message: 'The session has not enough free balance for this job.',
    hint: 'Top up the session or lower must.maxPrice.',
  },
  I102: {
    graphql: 'BAD_USER_INPUT',
    retryable: false,
    message: 'An input tensor does not fit the model.',
    hint: 'Compare name, datatype and shape with Model.inputs.',
  },
  I103: {
    graphql: 'BAD_USER_INPUT',
    retryable: false,
    message: 'A tensor’s data is malformed.',
    hint: 'Send as many little-endian bytes as shape and datatype need, base64 with padding.',
  },
  I104: {
    graphql: 'NOT_FOUND',
    retryable: false,
    message: 'No such model.',
    hint: 'List models with `models { edges { node { id name } } }`.',
  },
  I105: {
    graphql: 'UNAUTHENTICATED',
    retryable: false,
    message: 'No session belongs to this bearer token.',
    hint: 'Send `Authorization: Bearer 0x<token>` with the preimage of grant.salt of an open session.',
  },
  I106: {
    graphql: 'BAD_USER_INPUT',
    retryable: false,
    message: 'The deadline has passed or is too near.',
    hint: 'Set must.deadline later.',
  },
  I107: {
    graphql: 'CONFLICT',
    retryable: false,
    message: 'The idempotency key was used for another request.',
    hint: 'Use a new key for a new job.',
  },
  I108: {
    graphql: 'FORBIDDEN',
    retryable: false,
    message: 'The session’s policy forbids this job.',
    hint: 'Stay within policy.maxPerJob, maxPerPeriod and models, or open another session.',
  },
  I109: {
    graphql: 'NOT_FOUND',
    retryable: false,
    message: 'No such job for this session.',
    hint: 'Check the id, and that the token is the one that submitted the job.',
  },
  I110: {
    graphql: 'BAD_USER_INPUT',
    retryable: false,
    message: 'The blob is unknown or has expired.',
    hint: 'PUT it again at /v2/blobs/{sha256}.',
  },
  R200: {
    graphql: 'UNAVAILABLE',
    retryable: true,
    message: 'No live provider offers this model.',
    hint: 'Try again later, or subscribe to providers of the model.',
  },
  R201: {
    graphql: 'UNAVAILABLE',
    retryable: true,
    message: 'No provider meets the hard limits.',
    hint: 'Ask `quote` which limit binds and relax it.',
  },
  R202: {
    graphql: 'UNAVAILABLE',
    retryable: true,
    message: 'All providers of this model are busy.',
    hint: 'Try again after retryAfterMs.',
  },
  R203: {
    graphql: 'CONFLICT',
    retryable: false,
    message: 'The quote has expired or belongs to another intent.',
    hint: 'Ask for a new quote.',
  },
  R204: {
    graphql: 'UNAVAILABLE',
    retryable: true,
    message: 'Every attempt failed.',
    hint: 'Submit the job again; nothing undelivered was charged.',
  },
  P300: {
    graphql: 'UNAVAILABLE',
    retryable: true,
    message: 'The provider failed while running the job.',
    hint: 'The gateway tries another provider.',
  },
  P301: {
    graphql: 'UNAVAILABLE',
    retryable: true,
    message: 'The provider cannot finish before the deadline.',
    hint: 'Allow more time or another provider.',
  },
  P302: {
    graphql: 'UNAVAILABLE',
    retryable: true,
    message: 'The provider has not loaded this model.',
    hint: 'The gateway tries another provider.',
  },
  P303: {
    graphql: 'BAD_USER_INPUT',
    retryable: false,
    message: 'The model refuses this input.',
    hint: 'Correct what details names.',
  },
  P304: {
    graphql: 'UNAVAILABLE',
    retryable: true,
    message: 'The attempt ran past its deadline.',
    hint: 'Allow more time in must.deadline.',
  },
  P305: {
    graphql: 'UNAVAILABLE',
    retryable: true,
    message: 'The provider is draining.',
    hint: 'The gateway tries another provider.',
  },
  P306: {
    graphql: 'UNAVAILABLE',
    retryable: true,
    message: 'The provider’s credit for this session is exhausted.',
    hint: 'Sign the vouchers that are owed.',
  },
  P307: {
    graphql: 'UNAVAILABLE',
    retryable: true,
    message: 'The provider was lost.',
    hint: 'The gateway tries another provider.',
  },
  P308: {
    graphql: 'UNAVAILABLE',
    retryable: true,
    message: 'The provider’s queue is full.',
    hint: 'Try again after retryAfterMs.',
  },
  P309: {
    graphql: 'UNAVAILABLE',
    retryable: true,
    message: 'The model exceeded its memory limit.',
    hint: 'Send a smaller input.',
  },
  P310: {
    graphql: 'UNAVAILABLE',
    retryable: true,
    message: 'The ticket pays less than the provider’s live price.',
    hint: 'The gateway quotes again with the price of the last heartbeat.',
  },
  P311: {
    graphql: 'BAD_USER_INPUT',
    retryable: false,
    message: 'The ticket is not one this provider can serve.',
    hint: 'Correct what details names; see docs/PROTOCOL.md, “Provider link”.',
  },
  P320: {
    graphql: 'BAD_USER_INPUT',
    retryable: false,
    message: 'The provider’s configuration is invalid.',
    hint: 'Do what details say; provider/README.md lists the fields of the configuration.',
  },
  P321: {
    graphql: 'FORBIDDEN',
    retryable: false,
    message: 'A key of the provider cannot be opened.',
    hint: 'Check the file, its mode (0600) and the password.',
  },
  P322: {
    graphql: 'CONFLICT',
    retryable: false,
    message: 'The provider is not set up on chain.',
    hint: 'Run `assay-provider register`, or `assay-provider doctor` to see what is missing.',
  },
  P323: {
    graphql: 'CONFLICT',
    retryable: false,
    message: 'The provider’s data directory is in use.',
    hint: 'Stop the other process, or give this one its own dataDir.',
  },
  P324: {
    graphql: 'CONFLICT',
    retryable: true,
    message: 'No provider runs from this configuration.',
    hint: 'Start it with `assay-provider start`, or name the configuration of the one that runs with -c.',
  },
  S400: {
    graphql: 'BAD_USER_INPUT',
    retryable: false,
    message: 'The grant is invalid.',
    hint: 'Check its fields, its expiry and that gateway and key are the ones of `network`.',
  },
  S401: {
    graphql: 'BAD_USER_INPUT',
    retryable: false,
    message: 'The authorisation’s signature is not the payer’s.',
    hint: 'Sign ReceiveWithAuthorization with nonce = digest of the grant, to = SessionEscrow.',
  },
  S402: {
    graphql: 'CONFLICT',
    retryable: false,
    message: 'The authorisation was used already.',
    hint: 'The session is open if its id is known; otherwise sign a grant with a new salt.',
  },
  S403: {
    graphql: 'CONFLICT',
    retryable: false,
    message: 'The voucher is lower than one already held.',
    hint: 'Sign the cumulative amount of Session.owed.',
  },
  S404: {
    graphql: 'NOT_FOUND',
    retryable: false,
    message: 'No such session.',
    hint: 'Check the id; a session is visible to its bearer only.',
  },
  S405: {
    graphql: 'BAD_USER_INPUT',
    retryable: false,
    message: 'The deposit is below the minimum.',
    hint: 'See network.limits.minDeposit.',
  },
  S406: {
    graphql: 'CONFLICT',
    retryable: false,
    message: 'The session is closing or closed.',
    hint: 'Open a new session.',
  },
  S407: {
    graphql: 'BAD_USER_INPUT',
    retryable: false,
    message: 'The voucher’s signature is not the session key’s.',
    hint: 'Sign Voucher(sessionId, offerId, cumulative) with the grant’s key.',
  },
  S408: {
    graphql: 'UNAVAILABLE',
    retryable: true,
    message: 'The chain cannot be reached or refused the transaction.',
    hint: 'Try again; nothing was charged.',
  },
  S409: {
    graphql: 'UNAVAILABLE',
    retryable: true,
    message: 'Another grant of this payer is being opened.',
    hint: 'Wait for it to finish and try again.',
  },
  S410: {
    graphql: 'BAD_USER_INPUT',
    retryable: false,
    message: 'The payer cannot cover the deposit.',
    hint: 'Fund the payer with the payment token.',
  },
  S411: {
    graphql: 'FORBIDDEN',
    retryable: true,
    message: 'Vouchers are owed before more work is done.',
    hint: 'Sign Session.owed and submitVouchers.',
  },
  X500: {
    graphql: 'UNAVAILABLE',
    retryable: true,
    message: 'The chain index cannot be reached.',
    hint: 'Try again; money is not affected.',
  },
  X501: {
    graphql: 'UNAVAILABLE',
    retryable: true,
    message: 'The chain index is behind the chain.',
    hint: 'Look at freshness in the answer.',
  },
  M600: {
    graphql: 'BAD_USER_INPUT',
    retryable: false,
    message: 'The model manifest is invalid.',
    hint: 'Correct what details names; `assay-model check` explains each rule.',
  },
  M601: {
    graphql: 'BAD_USER_INPUT',
    retryable: false,
    message: 'The model manifest is too large.',
    hint: 'Keep the canonical bytes within 8 KiB.',
  },
  M602: {
    graphql: 'CONFLICT',
    retryable: false,
    message: 'A model file’s hash differs from the manifest.',
    hint: 'Fetch the file again from another source.',
  },
  M603: {
    graphql: 'BAD_USER_INPUT',
    retryable: false,
    message: 'The model is refused as unsafe.',
    hint: 'Remove what details names from the graph.',
  },
  M604: {
    graphql: 'NOT_FOUND',
    retryable: true,
    message: 'A model file cannot be found.',
    hint: 'Check the bundle’s locations.',
  },
  L700: {
    graphql: 'BAD_USER_INPUT',
    retryable: false,
    message: 'A link frame is malformed.',
    hint: 'Update the provider; see docs/PROTOCOL.md.',
  },
  L701: {
    graphql: 'FORBIDDEN',
    retryable: false,
    message: 'The link’s hello is not signed by a registered receipt key.',
    hint: 'Register the key with ProviderRegistry and check the clock.',
  },
  L702: {
    graphql: 'BAD_USER_INPUT',
    retryable: false,
    message: 'The link’s version is not supported.',
    hint: 'Update the provider.',
  },
  L703: {
    graphql: 'RATE_LIMITED',
    retryable: true,
    message: 'The peer exceeded its flow-control window.',
    hint: 'Wait for credit before sending.',
  },
  L704: {
    graphql: 'FORBIDDEN',
    retryable: false,
    message: 'The link’s hello was made for another host.',
    hint: 'Dial a host that the gateway names as its own; its operator adds one with ASSAY_LINK_HOSTS.',
  },
  L705: {
    graphql: 'FORBIDDEN',
    retryable: false,
    message: 'The gateway did not prove its address.',
    hint: 'Do not serve this marketplace; check marketplaces[].url.',
  },
  G800: {
    graphql: 'INTERNAL_SERVER_ERROR',
    retryable: true,
    message: 'Something went wrong on our side.',
    hint: 'Try again; tell us the request id if it persists.',
  },
  G801: {
    graphql: 'RATE_LIMITED',
    retryable: true,
    message: 'Too many requests.',
    hint: 'Try again after retryAfterMs.',
  },
  G802: {
    graphql: 'BAD_USER_INPUT',
    retryable: false,
    message: 'The request is too large or too deep.',
    hint: 'Send large tensors as blobs; ask for fewer fields.',
  },
  G803: {
    graphql: 'UNAUTHENTICATED',
    retryable: false,
    message: 'The identity header is missing or forged.',
    hint: 'Only the gateway may call a subgraph.',
  },
  G804: {
    graphql: 'UNAVAILABLE',
    retryable: true,
    message: 'The stream was closed because the subscriber was too slow.',
    hint: 'Subscribe again with after = the last seq you saw.',
  },
  G805: {
    graphql: 'UNAVAILABLE',
    retryable: true,
    message: 'A part of the marketplace cannot be reached.',
    hint: 'Try again.',
  },
  G810: {
    graphql: 'NOT_FOUND',
    retryable: true,
    message: 'No open dispute is about this ticket.',
    hint: 'Evidence is exchanged while a dispute is open: check the ticket’s digest, or wait for the block that opens it.',
  },
  G811: {
    graphql: 'UNAUTHENTICATED',
    retryable: false,
    message: 'The evidence request is not signed, or not for this door and hour.',
    hint: 'Sign the text that details shows with a receipt key or an owner’s key, as docs/PROTOCOL.md says under “Evidence”.',
  },
  G812: {
    graphql: 'FORBIDDEN',
    retryable: false,
    message: 'The signer is no party of this dispute.',
    hint: 'Only the accused, the reporter and the drawn jurors read evidence, by owner’s key or current receipt key.',
  },
  G813: {
    graphql: 'BAD_USER_INPUT',
    retryable: false,
    message: 'The evidence is not of this dispute.',
    hint: 'Send the input and output whose roots the disputed receipt names; details says what differs.',
  },
  G814: {
    graphql: 'NOT_FOUND',
    retryable: true,
    message: 'Nobody has handed over this dispute’s evidence yet.',
    hint: 'Ask again later; the accused and the reporter may PUT it until the dispute ends.',
  },
  N900: {
    graphql: 'INTERNAL_SERVER_ERROR',
    retryable: false,
    message: 'A part of the local network did not start.',
    hint: 'Read its log under .localnet/logs/.',
  },
  N901: {
    graphql: 'INTERNAL_SERVER_ERROR',
    retryable: false,
    message: 'A port is taken by another program.',
    hint: 'Stop that program or choose another port.',
  },
  N902: {
    graphql: 'INTERNAL_SERVER_ERROR',
    retryable: false,
    message: 'A part of the local network stopped by itself.',
    hint: 'Read its log under .localnet/logs/.',
  },
  N903: {
    graphql: 'INTERNAL_SERVER_ERROR',
    retryable: false,
    message: 'A program that the local network needs is missing.',
    hint: 'Install it as details says.',
  },
  N904: {
    graphql: 'INTERNAL_SERVER_ERROR',
    retryable: false,
    message: 'The configuration is invalid.',
    hint: 'Set the environment variables named in details.',
  },
} as const satisfies Record<string, Known>;

export type ErrorCode = keyof typeof ERROR_CODES;
