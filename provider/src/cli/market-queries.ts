/** What `status` asks a marketplace: of the provider, and of each model it serves; and `doctor`: whose it is. */
export const MARKET_QUERIES = {
  provider: `query Standing($id: Address!) { provider(id: $id) {
  live { status heartbeatAgeMs }
  offers(first: 20) { edges { node { livePrice validUntil model { id name } } } }
  reputation { score trust eligible parts { name value weight explanation } lastChange { at from to reason } }
  staking { own delegated thawing unmatured }
} }`,
  model: `query Rivals($id: ID!) { model(id: $id) { id
  offers(first: 50) { edges { node { livePrice provider { id reputation { trust eligible } } } } }
} }`,
  network: '{ network { gateway } }',
} as const;
